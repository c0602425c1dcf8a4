import { type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import type { ProfileProgram } from "./release.ts";
import { withData } from "./workload.ts";

/**
 * The program that says what each profile's namespace holds, with what upstream has no setting for. Throws RangeError
 * where the program is another one.
 */
export function withProgramChanges(
  object: KubernetesObject,
  { file, changes }: ProfileProgram,
  purpose: keyof ProfileProgram["changes"],
): KubernetesObject {
  const program = changes[purpose].reduce(
    (text, { from, to }) => {
      if (text.split(from).length !== 2) throw new RangeError(`${objectId(object)} is not the program that is known`);
      return text.replace(from, () => to);
    },
    textAt(object, "data", file) ?? "",
  );
  return withData(object, { [file]: program });
}
