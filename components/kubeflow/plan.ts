import type { KubernetesObject } from "../kit/objects.ts";
import { type Wave, wavesOf } from "./order/index.ts";
import { withReadiness } from "./order/readiness.ts";
import { type Part, partOf } from "./parts.ts";
import type { SourcedObject } from "./release/render.ts";
import type { ReleaseDefinition } from "./releases/index.ts";
import { withRemoval } from "./removal.ts";

/** What is applied, part by part and wave by wave: everything that is decided before an engine is asked for anything. */
export interface Plan {
  readonly version: string;
  readonly waves: readonly Wave[];
  readonly partOf: (object: KubernetesObject) => Part;
}

/** An object on its way into a plan, and the part of the platform that it belongs to. */
export interface PlannedObject {
  readonly object: KubernetesObject;
  readonly part: Part;
}

/** A step from the release as it is shipped to the platform as it is applied: changes, adds or leaves out objects. */
export type Adjustment = (objects: readonly PlannedObject[]) => readonly PlannedObject[];

/** Adjusts the objects of a release step by step, and puts what comes of it into waves. Pure. */
export function planInstall(
  release: ReleaseDefinition,
  objects: readonly SourcedObject[],
  adjustments: readonly Adjustment[],
): Plan {
  const shipped = objects.map(({ object, origin }): PlannedObject => ({ object, part: partOf(release, origin) }));
  const planned = adjustments.reduce((adjusting, adjust) => adjust(adjusting), shipped as readonly PlannedObject[]);
  const isOptional = (_: KubernetesObject, index: number) => (planned[index]?.part.name ?? "") in release.components;
  const ready = withRemoval(withReadiness(planned.map(({ object }) => object)), isOptional);
  const parts = new Map(ready.map((object, index) => [object, planned[index]?.part]));
  return {
    version: release.version,
    waves: wavesOf(ready),
    partOf: (object) => {
      const part = parts.get(object);
      if (part === undefined) throw new RangeError(`${object.kind} ${object.metadata.name} is not of this plan`);
      return part;
    },
  };
}

/** The adjustment that changes objects one by one. */
export function each(change: (object: KubernetesObject) => KubernetesObject): Adjustment {
  return (objects) => objects.map(({ object, part }) => ({ object: change(object), part }));
}
