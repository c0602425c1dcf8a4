import { createHash } from "node:crypto";
import { idOf, listAt, textAt } from "../../kit/objects.ts";
import { containersOf, type Workload, workloadOf } from "../order/workload.ts";
import type { Adjustment } from "../plan.ts";
import { withPodAnnotations } from "../pod-template.ts";
import type { ImagePlaces } from "./places.ts";
import { imagesOf } from "./uses.ts";

/** Annotation of a pod that reads images from ConfigMaps: a digest of those images. */
export const IMAGES_ANNOTATION = "kubeflow-on-pulumi/images";

/**
 * Workloads that read images from ConfigMaps, marked with them: the names of these ConfigMaps stay the same when another
 * registry changes what they hold, and a process reads its environment once.
 */
export function restartedOnChange(places: ImagePlaces): Adjustment {
  return (objects) => {
    const uses = imagesOf(
      objects.map(({ object }) => object),
      places,
    ).filter(({ object }) => object.startsWith("ConfigMap "));
    const held = Map.groupBy(uses, ({ object }) => object);
    return objects.map(({ object, part }) => {
      const workload = workloadOf(object);
      const read = workload === undefined ? [] : configMapsReadBy(workload).flatMap((id) => held.get(id) ?? []);
      if (read.length === 0) return { object, part };
      const digest = createHash("sha256").update(read.map(({ reference }) => reference).join("\n"));
      const annotations = { [IMAGES_ANNOTATION]: digest.digest("hex").slice(0, 16) };
      return { object: withPodAnnotations(object, annotations), part };
    });
  };
}

function configMapsReadBy({ namespace, podSpec }: Workload): readonly string[] {
  const ofContainers = containersOf(podSpec).flatMap((container) => [
    ...listAt(container, "env").map((variable) => textAt(variable, "valueFrom", "configMapKeyRef", "name")),
    ...listAt(container, "envFrom").map((from) => textAt(from, "configMapRef", "name")),
  ]);
  const ofVolumes = listAt(podSpec, "volumes").map((volume) => textAt(volume, "configMap", "name"));
  const names = [...ofContainers, ...ofVolumes].filter((name) => name !== undefined);
  return [...new Set(names)].toSorted().map((name) => idOf("ConfigMap", namespace, name));
}
