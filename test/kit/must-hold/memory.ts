import { type KubernetesObject, objectId, textAt } from "../../../components/kit/objects.ts";
import { containersOf, workloadOf } from "../../../components/kubeflow/order/workload.ts";

/** Containers, init containers and what the mesh injects included, of pods and of what starts pods. */
export function unlimitedContainers(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap((object) =>
    containersOf(workloadOf(object)?.podSpec)
      .filter((container) => textAt(container, "resources", "limits", "memory") === undefined)
      .map((container) => `${objectId(object)}: ${textAt(container, "name")}`),
  );
}
