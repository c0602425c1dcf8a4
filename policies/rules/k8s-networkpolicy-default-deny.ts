import { z } from "zod";
import { isSoForOne } from "../kubernetes/decide.ts";
import { isWorkload } from "../kubernetes/ownership.ts";
import { at, entriesAt, listAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";

/** A namespace that pods of the stack are in, shown by its object or by one of the workloads. */
interface NamespaceSubject extends Subject {
  readonly object: KubernetesSubject;
  readonly namespace: string;
}

export const networkPolicyDefaultDeny = stackRule({
  id: "k8s-networkpolicy-default-deny",
  title: "Every namespace refuses connections that no policy allows",
  severity: "high",
  why: "Without such a policy every pod of the cluster, a stranger's notebook included, can connect to every port of every other: to the databases, to the object store, and to what trusts its callers.",
  remediation:
    "Add a NetworkPolicy with an empty podSelector and no ingress rule to the namespace, and allow what is needed beside it.",
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-traffic",
  frameworks: [
    { framework: "Checkov", id: "CKV2_K8S_6" },
    { framework: "Kubescape", id: "C-0206" },
    { framework: "Kubescape", id: "C-0260" },
    { framework: "Kubescape", id: "C-0030" },
    { framework: "CIS EKS", id: "4.3.2" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    except: z
      .array(z.string())
      .default(["default", "kube-node-lease", "kube-public", "kube-system"])
      .describe("Namespaces of the cluster itself, which are its maker's to close"),
  }),
  subjects: (stack, { except }) => namespacesOf(stack).filter(({ namespace }) => !except.includes(namespace)),
  checks: {
    ingress: ({ name, namespace }, { stack }) => {
      const policies = stack.objectsOf("NetworkPolicy", "networking.k8s.io");
      if (isSoForOne(policies, (policy) => deniesIn(namespace, policy))) return;
      return { message: `${name} lets in every connection`, path: [] };
    },
  },
  examples: {
    good: [
      `
apiVersion: v1
kind: Namespace
metadata: { name: kubeflow }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: kubeflow }
spec: { podSelector: {}, policyTypes: [Ingress] }
`,
      `
apiVersion: v1
kind: Namespace
metadata: { name: alice }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: profile, namespace: alice }
spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }
`,
    ],
    bad: {
      ingress: `
apiVersion: v1
kind: Namespace
metadata: { name: kubeflow }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: allow-all, namespace: kubeflow }
spec: { podSelector: {}, ingress: [{}] }
`,
    },
  },
});

function namespacesOf(stack: Stack): NamespaceSubject[] {
  const declared = stack
    .objectsOf("Namespace", "")
    .map((object): [string, KubernetesSubject] => [object.objectName, object]);
  const used = stack.objects
    .filter((object) => object.namespace !== undefined && isWorkload(object))
    .map((object): [string, KubernetesSubject] => [object.namespace ?? "", object]);
  // The namespace itself comes last, to be what is blamed.
  return [...new Map([...used.toReversed(), ...declared])].map(([namespace, object]) => {
    const { resource, value, path } = object;
    return { object, namespace, resource, value, path, name: `namespace ${namespace}` };
  });
}

/** Whether a policy is about every pod of a namespace and lets only some callers in, or none. */
function deniesIn(namespace: string, { value }: KubernetesSubject): boolean {
  if (textAt(value, "metadata", "namespace") !== namespace) return false;
  const types = textsAt(value, "spec", "policyTypes");
  return (
    (types.length === 0 || types.includes("Ingress")) &&
    isEmpty(value, "spec", "podSelector") &&
    !listAt(value, "spec", "ingress").some(letsEverybodyIn)
  );
}

function letsEverybodyIn(rule: unknown): boolean {
  const peers = listAt(rule, "from");
  return peers.length === 0 || peers.some((peer) => isOfEveryNamespace(peer) || isOfEveryAddress(peer));
}

function isOfEveryNamespace(peer: unknown): boolean {
  const selector = at(peer, "namespaceSelector");
  return selector !== undefined && isEmpty(selector) && isEmpty(peer, "podSelector");
}

function isOfEveryAddress(peer: unknown): boolean {
  return textAt(peer, "ipBlock", "cidr")?.endsWith("/0") === true;
}

/** Whether a selector selects everything. */
function isEmpty(value: unknown, ...path: readonly string[]): boolean {
  return (
    entriesAt(value, ...path, "matchLabels").length === 0 && listAt(value, ...path, "matchExpressions").length === 0
  );
}
