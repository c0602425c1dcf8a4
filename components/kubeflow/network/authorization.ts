import { at, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "../order/inventory.ts";
import { serviceAccountOf, type Workload } from "../order/workload.ts";
import { type Flow, type Source, targetOf } from "./flows.ts";
import { hasSidecar, isRedirected, meshOf } from "./mesh.ts";

const KIND = "AuthorizationPolicy.security.istio.io";

/** Whether the AuthorizationPolicies that select a workload name no callers, or this one among them. */
export function isAdmitted(from: Source, called: Workload, inventory: Inventory): boolean {
  const rules = policiesOf(called, inventory).flatMap((policy) => listAt(policy, "spec", "rules"));
  return rules.length === 0 || rules.some((rule) => admits(rule, from));
}

function admits(rule: unknown, from: Source): boolean {
  const sources = listAt(rule, "from").map((entry) => at(entry, "source"));
  if (sources.length === 0) return true;
  if (from.kind !== "workload") return false;
  const { namespace } = from.workload;
  const principal = `cluster.local/ns/${namespace}/sa/${serviceAccountOf(from.workload)}`;
  return sources.some(
    (source) => listAt(source, "principals").includes(principal) || listAt(source, "namespaces").includes(namespace),
  );
}

/**
 * AuthorizationPolicies for workloads that a flow enters through the sidecar while none selects them: where the mesh
 * allows nothing by default, their sidecar refuses everything.
 */
export function missingAuthorizations(flows: readonly Flow[], inventory: Inventory): KubernetesObject[] {
  if (!allowsNothing(inventory)) return [];
  const ports = new Map<Workload, Set<number>>();
  for (const { to, port } of flows) {
    const { workload } = to;
    if (workload === undefined || !hasSidecar(workload, inventory) || !isRedirected(workload, port)) continue;
    if (policiesOf(workload, inventory).length > 0) continue;
    ports.set(workload, (ports.get(workload) ?? new Set()).add(port));
  }
  return [...ports].map(([workload, open]) => {
    const { name, namespace, labels } = targetOf(workload);
    const numbers = [...open].sort((a, b) => a - b).map(String);
    return {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name, namespace },
      spec: {
        action: "ALLOW",
        selector: { matchLabels: labels },
        rules: [{ to: [{ operation: { ports: numbers } }] }],
      },
    };
  });
}

/** A policy of the root namespace without selector and rules: nothing is allowed that no other policy allows. */
function allowsNothing(inventory: Inventory): boolean {
  const root = meshOf(inventory)?.rootNamespace;
  return inventory
    .ofKind(KIND)
    .some(
      (policy) =>
        policy.metadata.namespace === root &&
        at(policy, "spec", "selector") === undefined &&
        at(policy, "spec", "rules") === undefined &&
        (textAt(policy, "spec", "action") ?? "ALLOW") === "ALLOW",
    );
}

function policiesOf(called: Workload, inventory: Inventory): readonly KubernetesObject[] {
  return inventory.ofKind(KIND).filter((policy) => {
    const selector = Object.entries(labelsAt(policy, "spec", "selector", "matchLabels"));
    return (
      policy.metadata.namespace === called.namespace &&
      selector.length > 0 &&
      selector.every(([key, value]) => called.labels[key] === value)
    );
  });
}
