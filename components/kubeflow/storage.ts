import { groupKind } from "../kit/objects.ts";
import { type Adjustment, each } from "./plan.ts";

/**
 * The platform's own claims in a StorageClass whose volumes outlive them. Without a class they go to the cluster's
 * default. Claims of users are made later, and not by this.
 */
export function storageAdjustment(storageClass: string | undefined): Adjustment {
  return each((object) =>
    storageClass === undefined || groupKind(object) !== "PersistentVolumeClaim"
      ? object
      : { ...object, spec: { ...(object["spec"] as object), storageClassName: storageClass } },
  );
}
