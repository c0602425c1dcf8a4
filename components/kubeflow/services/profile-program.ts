import { type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import { withData } from "./workload.ts";

const FILE = "sync.py";

/** Places of the program, each there once, and what stands there instead; each adds what a variable of the pod says. */
const CHANGES = [
  {
    from: '"defaultPipelineRoot": kfp_default_pipeline_root,',
    to: '"defaultPipelineRoot": kfp_default_pipeline_root,\n                        "providers": os.environ["KFP_LAUNCHER_PROVIDERS"],',
  },
  {
    from: '"env": [\n                                        {\n                                            "name": "MINIO_ACCESS_KEY",',
    to: '"env": json.loads(os.environ["KFP_ARTIFACT_SERVER_ENV"]) + [\n                                        {\n                                            "name": "MINIO_ACCESS_KEY",',
  },
] as const;

/**
 * The program that says what each profile's namespace holds, with the object store for the launcher of v2 steps and for
 * the profile's artifact server: upstream has no setting for either. Throws RangeError where the program is another one.
 */
export function withProfileServices(object: KubernetesObject): KubernetesObject {
  const program = CHANGES.reduce(
    (text, { from, to }) => {
      if (text.split(from).length !== 2) throw new RangeError(`${objectId(object)} is not the program that is known`);
      return text.replace(from, () => to);
    },
    textAt(object, "data", FILE) ?? "",
  );
  return withData(object, { [FILE]: program });
}
