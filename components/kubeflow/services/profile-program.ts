import { type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import type { ProfileProgram } from "./release.ts";
import { withData } from "./workload.ts";

/**
 * The program that says what each profile's namespace holds, with the object store for the launcher of v2 steps and for
 * the profile's artifact server: upstream has no setting for either. Throws RangeError where the program is another one.
 */
export function withProfileServices(object: KubernetesObject, { file, changes }: ProfileProgram): KubernetesObject {
  const program = changes.reduce(
    (text, { from, to }) => {
      if (text.split(from).length !== 2) throw new RangeError(`${objectId(object)} is not the program that is known`);
      return text.replace(from, () => to);
    },
    textAt(object, "data", file) ?? "",
  );
  return withData(object, { [file]: program });
}
