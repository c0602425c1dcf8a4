import { z } from "zod";
import { type OpeningSubject, openings } from "../cloud/openings.ts";
import { isEverybody, rangeOf } from "../cloud/ranges.ts";
import { resourceRule } from "../rule.ts";

/** SSH, RDP, etcd, API servers, kubelets, databases, and the object store. */
const PORTS = [22, 2379, 2380, 3306, 3389, 5432, 6443, 9000, 10250, 10255];

export const noOpenIngress = resourceRule({
  id: "cloud-no-open-ingress",
  title: "No firewall lets everybody to a port that is not for everybody",
  severity: "critical",
  why: "Ports of administration, of databases and of kubelets are tried by bots all day; most break-ins begin at one that was opened for a moment.",
  remediation: "Name the networks or the security group that may connect in place of 0.0.0.0/0.",
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0107" },
    { framework: "Trivy", id: "DIG-0001" },
    { framework: "Checkov", id: "CKV_AWS_24" },
    { framework: "Checkov", id: "CKV_AWS_100" },
    { framework: "Checkov", id: "CKV_DIO_4" },
    { framework: "CIS GKE", id: "5.6.6" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    ports: z.array(z.int().min(1).max(65_535)).default(PORTS).describe("Ports that are not for everybody"),
  }),
  subjects: openings,
  checks: {
    everything: (subject) => {
      const { value, name, opening } = subject;
      if (!isForEverybody(subject) || !opening.ports(value).isEverything) return;
      return { message: `${name} lets everybody to every port`, path: [] };
    },
    ports: (subject, { parameters: { ports } }) => {
      const { value, name, opening } = subject;
      if (!isForEverybody(subject)) return;
      const { ranges, isEverything } = opening.ports(value);
      const open = ports.filter((port) => ranges.some(([from, to]) => from <= port && port <= to));
      if (isEverything || open.length === 0) return;
      return { message: `${name} lets everybody to port ${open.join(", ")}`, path: [] };
    },
  },
  examples: {
    good: [
      `
type: aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule
properties: { ipProtocol: tcp, fromPort: 443, toPort: 443, cidrIpv4: 0.0.0.0/0 }
---
type: gcp:compute/firewall:Firewall
properties: { allows: [{ protocol: tcp, ports: ["10250"] }], sourceRanges: [10.0.128.0/28] }
---
type: aws:ec2/defaultSecurityGroup:DefaultSecurityGroup
properties: { ingress: [], egress: [] }
`,
    ],
    bad: {
      everything: `
type: aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule
properties: { ipProtocol: "-1", cidrIpv4: 0.0.0.0/0 }
`,
      ports: `
type: gcp:compute/firewall:Firewall
properties: { allows: [{ protocol: tcp, ports: ["22"] }] }
`,
    },
  },
});

function isForEverybody({ value, opening }: OpeningSubject): boolean {
  return opening.sources(value).some((source) => {
    const range = rangeOf(source);
    return range !== undefined && isEverybody(range);
  });
}
