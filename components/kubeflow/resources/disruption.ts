import { at, groupKind, type KubernetesObject, labelsAt, textAt } from "../../kit/objects.ts";
import { replicasOf, selects, workloadOf } from "../order/workload.ts";
import type { Adjustment } from "../plan.ts";

const BUDGET = "PodDisruptionBudget.policy";
const AUTOSCALER = "HorizontalPodAutoscaler.autoscaling";

/**
 * A budget that lets no pod of its workload go blocks every drain of a node, and with it each upgrade of the nodes.
 * Such a budget becomes `maxUnavailable: 1`, which protects as soon as there are two replicas.
 */
export const drainableBudgets: Adjustment = (planned) => {
  const objects = planned.map(({ object }) => object);
  return planned.map(({ object, part }) =>
    blocksDrains(object, objects) ? { object: withOneUnavailable(object), part } : { object, part },
  );
};

/** Whether a budget allows no disruption while its workload has the fewest replicas that it may have. */
export function blocksDrains(budget: KubernetesObject, objects: readonly KubernetesObject[]): boolean {
  if (groupKind(budget) !== BUDGET || at(budget, "spec", "minAvailable") === undefined) return false;
  const protectedPods = objects
    .filter((object) => isSelectedBy(budget, object))
    .map((object) => fewestReplicas(object, objects))
    .reduce((sum, replicas) => sum + replicas, 0);
  return protectedPods > 0 && protectedPods <= needed(at(budget, "spec", "minAvailable"), protectedPods);
}

/** The disruption controller rounds percentages up. */
function needed(minAvailable: unknown, pods: number): number {
  if (typeof minAvailable === "number") return minAvailable;
  return Math.ceil((Number.parseInt(String(minAvailable), 10) / 100) * pods);
}

function isSelectedBy(budget: KubernetesObject, object: KubernetesObject): boolean {
  const workload = workloadOf(object);
  const matchLabels = labelsAt(budget, "spec", "selector", "matchLabels");
  return workload !== undefined && selects({ ...budget, spec: { selector: matchLabels } }, workload);
}

function fewestReplicas(object: KubernetesObject, objects: readonly KubernetesObject[]): number {
  const { name, namespace } = object.metadata;
  const autoscaler = objects.find(
    (other) =>
      groupKind(other) === AUTOSCALER &&
      other.metadata.namespace === namespace &&
      textAt(other, "spec", "scaleTargetRef", "kind") === object.kind &&
      textAt(other, "spec", "scaleTargetRef", "name") === name,
  );
  const fewest = at(autoscaler, "spec", "minReplicas");
  return typeof fewest === "number" ? fewest : replicasOf(object);
}

function withOneUnavailable(budget: KubernetesObject): KubernetesObject {
  const { minAvailable, ...spec } = budget["spec"] as Readonly<Record<string, unknown>>;
  return { ...budget, spec: { ...spec, maxUnavailable: 1 } };
}
