import { z } from "zod";
import { EKS_NODE_GROUP, LAUNCH_TEMPLATE } from "../cloud/resources.ts";
import { at, numberAt, textAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

export const imdsV2 = resourceRule({
  id: "cloud-imds-v2",
  title: "Nodes answer metadata requests with a session token only, and not to pods",
  severity: "high",
  why: "With the first version of the metadata service, any pod that can be made to fetch a URL can take the credentials of its node.",
  remediation: "Set metadataOptions of the launch template to httpTokens: required and httpPutResponseHopLimit: 1.",
  url: "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0130" },
    { framework: "Trivy", id: "AWS-0028" },
    { framework: "Checkov", id: "CKV_AWS_79" },
    { framework: "Checkov", id: "CKV_AWS_341" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    maxHop: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe("Most network hops that an answer may take; 1 keeps it from pods"),
  }),
  subjects: ofType(LAUNCH_TEMPLATE, "aws:ec2/instance:Instance", EKS_NODE_GROUP),
  checks: {
    template: ({ resource, value, name }) => {
      if (resource.type !== EKS_NODE_GROUP || at(value, "launchTemplate") !== undefined) return;
      return {
        message: `${name} has no launch template, so EKS lets pods to the metadata service`,
        path: ["launchTemplate"],
        fix: "Give the node group a launch template that sets metadataOptions.",
      };
    },
    tokens: ({ resource, value, name }) => {
      if (resource.type === EKS_NODE_GROUP) return;
      if (textAt(value, "metadataOptions", "httpTokens") === "required") return;
      if (textAt(value, "metadataOptions", "httpEndpoint") === "disabled") return;
      return { message: `${name} answers metadata requests without a token`, path: ["metadataOptions", "httpTokens"] };
    },
    hops: ({ value, name }, { parameters: { maxHop } }) => {
      const path = ["metadataOptions", "httpPutResponseHopLimit"];
      if (at(value, ...path) === undefined || (numberAt(value, ...path) ?? Infinity) <= maxHop) return;
      return { message: `${name} lets answers of the metadata service travel more than ${maxHop} hop`, path };
    },
  },
  examples: {
    good: [
      `
type: aws:ec2/launchTemplate:LaunchTemplate
properties:
  metadataOptions: { httpTokens: required, httpPutResponseHopLimit: 1 }
---
type: aws:eks/nodeGroup:NodeGroup
properties: { launchTemplate: { id: lt-1, version: "1" } }
`,
    ],
    bad: {
      template: `
type: aws:eks/nodeGroup:NodeGroup
properties: { instanceTypes: [m5.xlarge] }
`,
      tokens: `
type: aws:ec2/launchTemplate:LaunchTemplate
properties:
  metadataOptions: { httpTokens: optional, httpPutResponseHopLimit: 1 }
`,
      hops: `
type: aws:ec2/launchTemplate:LaunchTemplate
properties:
  metadataOptions: { httpTokens: required, httpPutResponseHopLimit: 2 }
`,
    },
  },
});
