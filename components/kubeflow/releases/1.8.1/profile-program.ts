import { SERVICE_ANNOTATIONS } from "../../services/annotations.ts";
import type { ProfileProgram } from "../../services/release.ts";

/** The last statement of what the program answers for a namespace. */
const ANSWER = '            return {"status": desired_status, "children": desired_resources}\n';

/**
 * A namespace whose annotation says that its object store is its own. The keys and the launcher's configuration are then
 * not made; where the controller made them before they stay its children, since it would delete what is none any more,
 * and as it never changes Secrets and ConfigMaps (strategy OnDelete), what is put into them stays.
 */
const OWN_STORE = `
            own = (parent["metadata"].get("annotations") or {}).get("${SERVICE_ANNOTATIONS.objectStore}")
            if own:
                own = json.loads(own)
                theirs = {"ConfigMap": "kfp-launcher", "Secret": "mlpipeline-minio-artifact"}
                made = [child["metadata"]["name"] for kind in theirs for child in children[kind + ".v1"].values()]
                desired_resources = [
                    resource for resource in desired_resources
                    if resource["metadata"]["name"] != theirs.get(resource["kind"])
                    or resource["metadata"]["name"] in made
                ]
                for resource in desired_resources:
                    if resource["kind"] == "Deployment" and resource["metadata"]["name"] == "ml-pipeline-ui-artifact":
                        template = resource["spec"]["template"]
                        template["metadata"]["annotations"]["${SERVICE_ANNOTATIONS.objectStore}"] = own["mark"]
                        container = template["spec"]["containers"][0]
                        named = [variable["name"] for variable in own["env"]]
                        container["env"] = own["env"] + [
                            variable for variable in container["env"] if variable["name"] not in named
                        ]
`;

/** sync.py of the pipelines profile controller, where it must say more than it does. */
export const profileProgramChanges181: ProfileProgram["changes"] = {
  // Each adds what a variable of the pod says: providers for the launcher, the environment of the artifact server.
  outside: [
    {
      from: '"defaultPipelineRoot": kfp_default_pipeline_root,',
      to: '"defaultPipelineRoot": kfp_default_pipeline_root,\n                        "providers": os.environ["KFP_LAUNCHER_PROVIDERS"],',
    },
    {
      from: '"env": [\n                                        {\n                                            "name": "MINIO_ACCESS_KEY",',
      to: '"env": json.loads(os.environ["KFP_ARTIFACT_SERVER_ENV"]) + [\n                                        {\n                                            "name": "MINIO_ACCESS_KEY",',
    },
  ],
  ownStores: [{ from: ANSWER, to: `${OWN_STORE}\n${ANSWER}` }],
};
