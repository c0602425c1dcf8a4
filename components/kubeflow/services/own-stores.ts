import { createHash } from "node:crypto";
import { objectId, textAt } from "../../kit/objects.ts";
import { type Adjustment, each } from "../plan.ts";
import { withPodAnnotations } from "../pod-template.ts";
import { withProgramChanges } from "./profile-program.ts";
import type { ReleaseServices } from "./release.ts";

/** Annotation of the profile controller's pod, which reads its program when it starts. */
const PROGRAM = "kubeflow-on-pulumi/program";

/**
 * The program of profiles told of namespaces with an object store of their own, where there are any. Follows the
 * adjustment that puts external services in.
 */
export function ownStoresAdjustment(isNeeded: boolean, release: ReleaseServices): Adjustment {
  if (!isNeeded) return (objects) => objects;
  const { profileProgram: program, profileController } = release;
  return (objects) => {
    const changed = each((object) =>
      objectId(object) === program.id ? withProgramChanges(object, program, "ownStores") : object,
    )(objects);
    const text = textAt(changed.find(({ object }) => objectId(object) === program.id)?.object, "data", program.file);
    const mark = {
      [PROGRAM]: createHash("sha256")
        .update(text ?? "")
        .digest("hex")
        .slice(0, 8),
    };
    return each((object) => (objectId(object) === profileController.id ? withPodAnnotations(object, mark) : object))(
      changed,
    );
  };
}
