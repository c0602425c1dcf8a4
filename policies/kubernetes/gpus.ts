import { EACH, expand } from "./places.ts";
import { at, entriesAt, textAt, textsAt } from "../reading.ts";
import { quantityOf } from "./quantity.ts";

/** Resources that are GPUs or parts of one: `nvidia.com/gpu`, `nvidia.com/mig-1g.5gb`, `amd.com/gpu`. */
const GPU = /^[a-z0-9.-]+\/(gpu|mig-[a-z0-9.]+)$/;

/** The GPUs that a container gets, by resource, of its limits or of its requests. */
export function gpusOf(container: unknown, of: "limits" | "requests"): ReadonlyMap<string, number> {
  const entries = entriesAt(container, "resources", of).filter(([resource]) => GPU.test(resource));
  return new Map(entries.map(([resource, amount]) => [resource, quantityOf(at(amount)) ?? Number.NaN]));
}

/** Whether a container asks for a GPU. */
export function asksForGpu(container: unknown): boolean {
  const all = [...gpusOf(container, "limits").values(), ...gpusOf(container, "requests").values()];
  return all.some((count) => count !== 0);
}

/** Whether a pod may be on nodes with a taint that keeps others off. */
export function tolerates(podSpec: unknown, key: string): boolean {
  return expand(podSpec, ["tolerations", EACH]).some(({ value }) => {
    const effect = textAt(value, "effect") ?? "";
    const meant = textAt(value, "key") ?? "";
    return (
      (meant === key || (meant === "" && textAt(value, "operator") === "Exists")) && /^(NoSchedule)?$/.test(effect)
    );
  });
}

/** Labels of nodes that a pod asks for, with the values that do: of `nodeSelector` and of required affinities. */
export function selectedLabels(podSpec: unknown): ReadonlyMap<string, readonly string[]> {
  const selected = new Map<string, readonly string[]>();
  for (const { value } of expand(podSpec, REQUIRED)) {
    if (textAt(value, "operator") === "In") selected.set(textAt(value, "key") ?? "", textsAt(value, "values"));
  }
  for (const [label, value] of entriesAt(podSpec, "nodeSelector")) selected.set(label, [String(at(value))]);
  return selected;
}

const REQUIRED = [
  ...["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"],
  ...[EACH, "matchExpressions", EACH],
];
