import { z } from "zod";
import { EACH, expand } from "../kubernetes/places.ts";
import { isTrue, listAt, textAt } from "../reading.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

/** An Ingress, or one server of a Gateway of Istio. */
interface EntranceSubject extends Subject {
  readonly object: KubernetesSubject;
}

const PLAIN = ["HTTP", "HTTP2", "GRPC", "GRPC-WEB"];
const OLD = ["TLSV1_0", "TLSV1_1"];

export const ingressTls = resourceRule({
  id: "k8s-ingress-tls",
  title: "What comes from outside comes encrypted",
  severity: "high",
  why: "Over a plain connection everybody on the way reads the session of the user, and with it can do all that the user can.",
  remediation: "Serve TLS with a certificate of yours (ingress.tls), and have plain requests redirected to it.",
  url: "https://istio.io/latest/docs/tasks/traffic-management/ingress/secure-ingress/",
  frameworks: [
    { framework: "Kubescape", id: "C-0263" },
    { framework: "Gatekeeper", id: "K8sHttpsOnly" },
    { framework: "Polaris", id: "tlsSettingsMissing" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    clusterLocal: z
      .array(z.record(z.string(), z.string()))
      .default([{ istio: "cluster-local-gateway" }])
      .describe(
        "Selectors of gateways that nothing reaches from outside the cluster; the mesh encrypts what they serve",
      ),
  }),
  subjects: entrances,
  checks: {
    ingress: ({ object, value, name }) => {
      if (object.kind !== "Ingress" || listAt(value, "spec", "tls").length > 0) return;
      return { message: `${name} has no certificate`, path: ["spec", "tls"] };
    },
    gateway: ({ object, value, name }, { parameters: { clusterLocal } }) => {
      if (object.kind !== "Gateway" || !PLAIN.includes(textAt(value, "port", "protocol")?.toUpperCase() ?? "")) return;
      if (isTrue(value, "tls", "httpsRedirect") || clusterLocal.some((labels) => isSelected(object, labels))) return;
      return { message: `${name} serves without TLS on port ${String(textAt(value, "port", "name") ?? "")}`, path: [] };
    },
    oldVersion: ({ object, value, name }) => {
      const version = textAt(value, "tls", "minProtocolVersion") ?? "";
      if (object.kind !== "Gateway" || !OLD.includes(version)) return;
      return { message: `${name} takes TLS of versions that are broken`, path: ["tls", "minProtocolVersion"] };
    },
  },
  examples: {
    good: [
      gateway("istio: ingressgateway", "port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE }"),
      gateway(
        "istio: ingressgateway",
        "port: { number: 80, name: http, protocol: HTTP }, tls: { httpsRedirect: true }",
      ),
      gateway("istio: cluster-local-gateway", "port: { number: 80, name: http, protocol: HTTP }"),
    ],
    bad: {
      ingress: `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: kubeflow, namespace: istio-system }
spec: { rules: [{ host: kubeflow.example.org }] }
`,
      gateway: gateway("istio: ingressgateway", "port: { number: 80, name: http, protocol: HTTP }"),
      oldVersion: gateway(
        "istio: ingressgateway",
        "port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, minProtocolVersion: TLSV1_0 }",
      ),
    },
  },
});

function entrances({ objects }: Resource): EntranceSubject[] {
  return objects.flatMap((object): EntranceSubject[] => {
    const { resource, kind, group, name } = object;
    if (kind === "Ingress") return [{ ...object, object }];
    if (kind !== "Gateway" || group !== "networking.istio.io") return [];
    return expand(object.value, ["spec", "servers", EACH]).map(({ value, path }) => {
      return { resource, object, value, path: [...object.path, ...path], name };
    });
  });
}

function isSelected({ value }: KubernetesSubject, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, wanted]) => textAt(value, "spec", "selector", key) === wanted);
}

function gateway(selector: string, server: string): string {
  return `
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: { name: kubeflow-gateway, namespace: kubeflow }
spec:
  selector: { ${selector} }
  servers:
    - { hosts: ["*"], ${server} }
`;
}
