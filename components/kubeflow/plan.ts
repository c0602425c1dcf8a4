import type { KubernetesObject } from "../kit/objects.ts";
import { withCredentials } from "./credentials/apply.ts";
import type { Credentials } from "./credentials/derive.ts";
import { type Wave, wavesOf } from "./order/index.ts";
import { withReadiness } from "./order/readiness.ts";
import { type Part, partOf } from "./parts.ts";
import type { SourcedObject } from "./release/render.ts";
import type { ReleaseDefinition } from "./releases/index.ts";
import { repaired } from "./repairs/index.ts";

/** What is applied, part by part and wave by wave: everything that is decided before an engine is asked for anything. */
export interface Plan {
  readonly version: string;
  readonly waves: readonly Wave[];
  readonly partOf: (object: KubernetesObject) => Part;
}

/** Repairs the objects of a release, puts the platform's own passwords in, and orders them into waves. Pure. */
export function planInstall(
  release: ReleaseDefinition,
  objects: readonly SourcedObject[],
  credentials: Credentials,
): Plan {
  const ready = withReadiness(objects.map(({ object }) => withCredentials(repaired(object), credentials)));
  const parts = new Map(ready.map((object, index) => [object, partOf(release, objects[index]?.origin ?? "")]));
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
