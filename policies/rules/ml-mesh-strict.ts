import { z } from "zod";
import { isSoForOne } from "../kubernetes/decide.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { type PodTemplateSubject, podTemplatesOf } from "../kubernetes/pod-templates.ts";
import { isWorkload } from "../kubernetes/ownership.ts";
import { at, entriesAt, isFalse, textAt } from "../reading.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule, type Violation } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

/** A policy or rule of the mesh, a workload, or the stack. */
interface MeshSubject extends Subject {
  readonly object?: KubernetesSubject;
}

const ISTIO = "security.istio.io";

/** What the API server calls, which has no proxy: webhooks of Knative and of Pipelines. */
const WEBHOOKS = [
  "knative-serving/domainmapping-webhook",
  "knative-serving/net-istio-webhook",
  "knative-serving/webhook",
  "kubeflow/cache-server",
];

/** Container of a pod that is a proxy of the mesh itself. */
const PROXY = "istio-proxy";

const NAMESPACE = `
apiVersion: v1
kind: Namespace
metadata: { name: alice, labels: { istio-injection: enabled } }
`;

export const meshStrict = stackRule({
  id: "ml-mesh-strict",
  title: "Pods of the mesh speak to each other encrypted, and know who speaks",
  severity: "high",
  why: "Rules about who may call what rest on the identity that mutual TLS proves; where plain connections are taken, any pod can call as anybody, and reads along.",
  remediation: "Keep the PeerAuthentication of the whole mesh STRICT, and sidecars in every pod.",
  url: "https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/",
  frameworks: [
    { framework: "Kyverno", id: "enforce-strict-mtls" },
    { framework: "Kyverno", id: "prevent-disabling-injection-pods" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    rootNamespace: z.string().default("istio-system").describe("Where policies hold for the whole mesh"),
    permissivePorts: z
      .array(z.string())
      .default(WEBHOOKS)
      .describe("PeerAuthentications, as namespace/name, that may open single ports"),
    withoutSidecar: z
      .array(z.string())
      .default([])
      .describe("Workloads, as namespace/name, that may do without a sidecar"),
  }),
  subjects: (stack): MeshSubject[] => [
    ...wholeStack(stack),
    ...["PeerAuthentication", "DestinationRule"].flatMap((kind) =>
      stack.objectsOf(kind).map((object) => ({ ...object, object })),
    ),
    ...stack.objects.filter(isWorkload).map((object) => ({ ...object, object })),
  ],
  checks: {
    root: ({ object }, { stack, parameters: { rootNamespace } }) => {
      if (object !== undefined || !hasMesh(stack)) return;
      const policies = stack.objectsOf("PeerAuthentication", ISTIO);
      if (isSoForOne(policies, (policy) => isOfMesh(policy, rootNamespace))) return;
      return {
        message: `nothing says that the mesh takes encrypted connections only`,
        path: [],
        fix: `Apply a PeerAuthentication default in ${rootNamespace} with mtls.mode STRICT.`,
      };
    },
    mode: ({ object, value, name }) => {
      if (object?.kind !== "PeerAuthentication") return;
      const path = ["spec", "mtls", "mode"];
      const mode = textAt(value, ...path);
      if (mode === undefined || mode === "STRICT" || mode === "UNSET") return;
      return { message: `${name} takes plain connections (${mode})`, path };
    },
    port: function* ({ object, value, name }, { parameters: { permissivePorts } }) {
      if (object?.kind !== "PeerAuthentication" || permissivePorts.includes(keyOf(object))) return;
      for (const [port, setting] of entriesAt(value, "spec", "portLevelMtls")) {
        const mode = textAt(setting, "mode") ?? "STRICT";
        if (mode === "STRICT" || mode === "UNSET") continue;
        const path = ["spec", "portLevelMtls", port, "mode"];
        yield { message: `${name} takes plain connections on port ${port} (${mode})`, path };
      }
    },
    plaintext: function* ({ object, value, name }) {
      if (object?.kind !== "DestinationRule") return;
      const policies = [
        ...expand(value, ["spec", "trafficPolicy"]),
        ...expand(value, ["spec", "trafficPolicy", "portLevelSettings", EACH]),
        ...expand(value, ["spec", "subsets", EACH, "trafficPolicy"]),
      ];
      for (const policy of policies) {
        if (textAt(policy.value, "tls", "mode") !== "DISABLE") continue;
        yield { message: `${name} has callers speak without encryption`, path: [...policy.path, "tls", "mode"] };
      }
    },
    injection: function* ({ object }, { stack, parameters: { withoutSidecar } }) {
      if (object === undefined || withoutSidecar.includes(keyOf(object))) return;
      for (const template of podTemplatesOf(object)) yield* withoutProxy(template, stack);
    },
  },
  examples: {
    good: [`${peers("default", "istio-system", "mtls: { mode: STRICT }")}---${NAMESPACE}---${workload("true")}`],
    bad: {
      root: `${peers("default", "alice", "mtls: { mode: STRICT }")}`,
      mode: `${peers("default", "istio-system", "mtls: { mode: PERMISSIVE }")}`,
      port: `${peers("default", "istio-system", "mtls: { mode: STRICT }")}---${peers("minio", "kubeflow", 'portLevelMtls: { "9000": { mode: PERMISSIVE } }')}`,
      plaintext: `
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: { name: mysql, namespace: kubeflow }
spec: { host: mysql.kubeflow.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }
`,
      injection: `${NAMESPACE}---${workload("false")}`,
    },
  },
});

/** Whether Istio is in the stack: its policies, or what hands them out. */
function hasMesh(stack: Stack): boolean {
  if (stack.objectsOf("PeerAuthentication", ISTIO).length > 0) return true;
  return isSoForOne(stack.objectsOf("Deployment"), ({ value }) => textAt(value, "metadata", "name") === "istiod");
}

function isOfMesh({ value }: KubernetesSubject, rootNamespace: string): boolean {
  if (textAt(value, "metadata", "namespace") !== rootNamespace) return false;
  return at(value, "spec", "selector") === undefined && textAt(value, "spec", "mtls", "mode") === "STRICT";
}

function keyOf({ namespace: where = "", objectName }: KubernetesSubject): string {
  return `${where}/${objectName}`;
}

const INJECT = "sidecar.istio.io/inject";

/** The pods of a template, where their namespace is of the mesh and they are kept out of it. */
function* withoutProxy({ object, metadata, containers, name }: PodTemplateSubject, stack: Stack): Generator<Violation> {
  const field = ["labels", "annotations"].find((each) => isFalse(metadata.value, each, INJECT));
  if (field === undefined || containers.some(({ containerName }) => containerName === PROXY)) return;
  if (!isInjected(textAt(object.value, "metadata", "namespace"), stack)) return;
  yield {
    message: `${name} keeps its pods out of the mesh`,
    subject: metadata,
    path: [field, INJECT],
    fix: `Leave ${INJECT} out.`,
  };
}

function isInjected(namespace: string | undefined, stack: Stack): boolean {
  return isSoForOne(stack.objectsOf("Namespace"), ({ value }) => {
    if (textAt(value, "metadata", "name") !== namespace) return false;
    return textAt(value, "metadata", "labels", "istio-injection") === "enabled";
  });
}

function peers(name: string, where: string, spec: string): string {
  return `
apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${where} }
spec: { ${spec} }
`;
}

function workload(inject: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: serve, namespace: alice }
spec:
  template:
    metadata: { labels: { sidecar.istio.io/inject: "${inject}" } }
    spec: { containers: [{ name: main, image: "serve:1.0" }] }
`;
}
