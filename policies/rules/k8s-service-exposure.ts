import { z } from "zod";
import { entriesAt, listAt, textAt, textsAt, UNKNOWN, UnknownValue } from "../reading.ts";
import type { Resource } from "../resource.ts";
import { resourceRule } from "../rule.ts";

export const serviceExposure = resourceRule({
  id: "k8s-service-exposure",
  title: "No Service is open to the internet",
  severity: "high",
  why: "What a Service opens goes past the gateway, its sign-on and its TLS; an external address takes over traffic that the whole cluster sends to it.",
  remediation:
    "Let the gateway forward to it, or make the load balancer internal or limit it to networks of yours (ingress.service.annotations and sourceRanges).",
  url: "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
  frameworks: [
    { framework: "Trivy", id: "KSV-0108" },
    { framework: "Kyverno", id: "restrict-nodeport" },
    { framework: "Kyverno", id: "restrict-external-ips" },
    { framework: "Gatekeeper", id: "K8sBlockNodePort" },
    { framework: "CVE", id: "CVE-2020-8554" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    internalAnnotations: z
      .record(z.string(), z.array(z.string()))
      .default({
        "service.beta.kubernetes.io/aws-load-balancer-scheme": ["internal"],
        "service.beta.kubernetes.io/aws-load-balancer-internal": ["true"],
        "networking.gke.io/load-balancer-type": ["Internal"],
        "service.beta.kubernetes.io/do-loadbalancer-network": ["INTERNAL"],
      })
      .describe("Annotations, with their values, that make a load balancer reachable from the inside only"),
  }),
  subjects: ({ objects }: Resource) => objects.filter(({ kind, group }) => kind === "Service" && group === ""),
  checks: {
    nodePort: ({ value, name }) => {
      if (textAt(value, "spec", "type") !== "NodePort") return;
      return { message: `${name} opens a port on every node`, path: ["spec", "type"] };
    },
    loadBalancer: ({ value, name }, { parameters: { internalAnnotations } }) => {
      if (textAt(value, "spec", "type") !== "LoadBalancer") return;
      const ranges = textsAt(value, "spec", "loadBalancerSourceRanges");
      if (ranges.length > 0 && !ranges.some((range) => range.trim().endsWith("/0"))) return;
      if (isInternal(value, internalAnnotations)) return;
      return { message: `${name} has a load balancer that anybody can reach`, path: ["spec"] };
    },
    externalIps: ({ value, name }) => {
      if (listAt(value, "spec", "externalIPs").length === 0) return;
      return { message: `${name} takes the traffic to addresses outside the cluster`, path: ["spec", "externalIPs"] };
    },
  },
  examples: {
    good: [
      service("type: ClusterIP"),
      service("type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]"),
      service("type: LoadBalancer", ", annotations: { networking.gke.io/load-balancer-type: Internal }"),
    ],
    bad: {
      nodePort: service("type: NodePort"),
      loadBalancer: service("type: LoadBalancer, loadBalancerSourceRanges: [0.0.0.0/0]"),
      externalIps: service("externalIPs: [203.0.113.7]"),
    },
  },
});

function isInternal(service: unknown, wanted: Readonly<Record<string, readonly string[]>>): boolean {
  return entriesAt(service, "metadata", "annotations").some(([key, value]) => {
    if (!Object.hasOwn(wanted, key)) return false;
    if (value === UNKNOWN) throw new UnknownValue(["metadata", "annotations", key]);
    return wanted[key]?.includes(String(value)) === true;
  });
}

function service(spec: string, metadata = ""): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: istio-ingressgateway, namespace: istio-system${metadata} }
spec: { ${spec}, ports: [{ port: 443 }] }
`;
}
