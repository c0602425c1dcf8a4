import { objectId } from "../../kit/objects.ts";
import { type Credentials, fingerprintOf } from "../credentials/derive.ts";
import { workloadOf } from "../order/workload.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { withPodAnnotations } from "../pod-template.ts";
import { SERVICE_ANNOTATIONS } from "./annotations.ts";
import { katibDatabase, katibDatabaseObjects, pipelinesDatabase, pipelinesDatabaseObjects } from "./database.ts";
import { objectStore } from "./object-store.ts";
import type { ReleaseServices } from "./release.ts";
import type { ServicesSettings } from "./settings.ts";

export { SERVICE_ANNOTATIONS } from "./annotations.ts";

type Changes = ReturnType<typeof objectStore>;

/** One service outside the cluster in place of one in it. */
interface Substitution {
  readonly service: keyof typeof SERVICE_ANNOTATIONS;
  readonly replaced: readonly string[];
  readonly changes: Changes;
  /** Objects that join the part of the workload whose id it is, where that is installed. */
  readonly added?: { readonly beside: string; readonly objects: (beside: PlannedObject) => PlannedObject["object"][] };
}

/**
 * External services in place of those in the cluster: their addresses and credentials wherever they are read, and
 * nothing left of what they replace. Follows the adjustment that puts the platform's passwords in, and comes before
 * everything that is derived from what runs.
 */
export function servicesAdjustment(
  { database, objectStore: store }: ServicesSettings,
  { fingerprintKey }: Pick<Credentials, "fingerprintKey">,
  release: ReleaseServices,
): Adjustment {
  const markOf = (settings: unknown) => fingerprintOf(fingerprintKey, JSON.stringify(settings ?? null));
  const marks = { database: markOf(database), objectStore: markOf(store) };
  const substitutions: Substitution[] = [];
  if (database?.users.includes("pipelines") === true) {
    substitutions.push({
      service: "database",
      replaced: release.replaced.pipelinesDatabase,
      changes: pipelinesDatabase(database, release),
      added: {
        beside: release.metadataStore.id,
        objects: ({ object }) => pipelinesDatabaseObjects(database, object, release),
      },
    });
  }
  if (database?.users.includes("katib") === true) {
    substitutions.push({
      service: "database",
      replaced: release.replaced.katibDatabase,
      changes: katibDatabase(database, release),
      added: {
        beside: release.katibDatabaseManager.id,
        objects: ({ object }) => katibDatabaseObjects(database, object, release),
      },
    });
  }
  if (store !== undefined) {
    substitutions.push({
      service: "objectStore",
      replaced: release.replaced.objectStore,
      changes: objectStore(store, release),
    });
  }
  return (objects) =>
    substitutions.reduce<readonly PlannedObject[]>((all, one) => substituted(all, one, marks[one.service]), objects);
}

function substituted(
  objects: readonly PlannedObject[],
  { service, replaced, changes, added }: Substitution,
  mark: string,
): readonly PlannedObject[] {
  const annotations = { [SERVICE_ANNOTATIONS[service]]: mark };
  const left = objects.filter(({ object }) => !replaced.includes(objectId(object)));
  const changed = left.map(({ object, part }) => {
    const change = changes[objectId(object)];
    if (change === undefined) return { object, part };
    const after = change(object);
    return { object: workloadOf(after) === undefined ? after : withPodAnnotations(after, annotations), part };
  });
  const beside = changed.find(({ object }) => objectId(object) === added?.beside);
  if (beside === undefined || added === undefined) return changed;
  return [...changed, ...added.objects(beside).map((object) => ({ object, part: beside.part }))];
}
