import { at, listAt, textAt } from "../../kit/objects.ts";
import { NODE_LABELS } from "../../cluster/sizing/pools.ts";
import { GPU_POOL_PREFIX } from "../labels.ts";
import { GPU } from "../tenants.ts";
import { type Guard, quoted, quotedList } from "./guard.ts";
import { podsOfProfiles } from "./pods.ts";

const FIX = {
  toleration: `a pod that asks for a GPU must tolerate the taint of GPU nodes: add tolerations [{key: ${GPU}, operator: Exists}]`,
  idle: `a pod that asks for no GPU may not tolerate GPU nodes: leave the toleration of ${GPU}, or of everything, out`,
  choice: `a pod that asks for a GPU must choose one of its profile's pools: set nodeSelector ${NODE_LABELS.pool}`,
};

/** Ends "the GPU pool a100 ...". */
const FOREIGN =
  "is not one of this profile's: choose one of its own in nodeSelector, or ask the platform's operators for it";

const GPU_RESOURCE = "^[a-z0-9.-]+/(gpu|mig-[a-z0-9.]+)$";

/** Whether the container `c` of CEL, which has resources, asks for a GPU. */
export const ASKED_GPUS = `(has(c.resources.limits) && c.resources.limits.exists(r, r.matches(${quoted(GPU_RESOURCE)}) && string(c.resources.limits[r]) != '0'))`;

/** The same in TypeScript. */
export function gpusAskedIn(container: unknown): boolean {
  return Object.entries(at(container, "resources", "limits") ?? {}).some(
    ([kind, count]) => new RegExp(GPU_RESOURCE).test(kind) && String(count) !== "0",
  );
}

/**
 * GPUs go to whoever asks for them, and the pools of a profile to its own pods. `pools` are those of the cluster. Nodes
 * are chosen by all that a pod says together, so an affinity leads no further than its nodeSelector.
 */
export function gpus(pools: readonly string[]): Guard {
  const allowed = (pool: string) =>
    `has(namespaceObject.metadata.labels) && (${quoted(GPU_POOL_PREFIX)} + ${pool}) in namespaceObject.metadata.labels`;
  return {
    ...podsOfProfiles,
    name: "gpus",
    variables: {
      asks: `(object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])).exists(c, has(c.resources) && ${ASKED_GPUS})`,
      tolerates: `has(object.spec.tolerations) && object.spec.tolerations.exists(t, (!has(t.key) || t.key in ['', ${quoted(GPU)}]) && (!has(t.effect) || t.effect in ['', 'NoSchedule']))`,
      selected: `has(object.spec.nodeSelector) && ${quoted(NODE_LABELS.pool)} in object.spec.nodeSelector ? [object.spec.nodeSelector[${quoted(NODE_LABELS.pool)}]] : []`,
      foreign: `variables.selected.filter(pool, !(${allowed("pool")}))`,
      isFree: `${quotedList(pools)}.all(pool, ${allowed("pool")})`,
    },
    validations: [
      { expression: "!variables.asks || variables.tolerates", message: quoted(FIX.toleration) },
      { expression: "variables.asks || !variables.tolerates", message: quoted(FIX.idle) },
      {
        expression: "variables.foreign.size() == 0",
        message: `'the GPU pool ' + variables.foreign.join(', ') + ${quoted(` ${FOREIGN}`)}`,
      },
      {
        expression: "!variables.asks || variables.isFree || variables.selected.size() > 0",
        message: quoted(FIX.choice),
      },
    ],
    judge: ({ object, namespaceLabels }) => {
      const isAllowed = (pool: string) => `${GPU_POOL_PREFIX}${pool}` in namespaceLabels;
      const asks = [...listAt(object, "spec", "containers"), ...listAt(object, "spec", "initContainers")].some(
        gpusAskedIn,
      );
      const tolerates = listAt(object, "spec", "tolerations").some(
        (toleration) =>
          ["", GPU].includes(textAt(toleration, "key") ?? "") &&
          ["", "NoSchedule"].includes(textAt(toleration, "effect") ?? ""),
      );
      const selected = textAt(object, "spec", "nodeSelector", NODE_LABELS.pool);
      return [
        ...(asks && !tolerates ? [FIX.toleration] : []),
        ...(!asks && tolerates ? [FIX.idle] : []),
        ...(selected !== undefined && !isAllowed(selected) ? [`the GPU pool ${selected} ${FOREIGN}`] : []),
        ...(asks && !pools.every(isAllowed) && selected === undefined ? [FIX.choice] : []),
      ];
    },
  };
}
