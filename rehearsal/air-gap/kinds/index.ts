import type { Live } from "../live.ts";
import type { Made } from "../made.ts";
import { certificates, eventSources, trainingJobs } from "./controllers.ts";
import { experiments } from "./katib.ts";
import { models } from "./models.ts";
import { notebooks } from "./notebooks.ts";
import { pipelineRuns, profileServers } from "./pipelines.ts";
import { pipelineViewers, tensorboards, volumeViewers } from "./viewers.ts";

/** By the Deployment that acts on what is made: one that is not installed has nothing made for it. */
const KINDS = [
  ["kubeflow/kubeflow-pipelines-profile-controller", profileServers],
  ["kubeflow/notebook-controller-deployment", notebooks],
  ["kubeflow/volumes-web-app-deployment", volumeViewers],
  ["kubeflow/tensorboard-controller-deployment", tensorboards],
  ["kubeflow/ml-pipeline", pipelineRuns],
  ["kubeflow/ml-pipeline-ui", pipelineViewers],
  ["kubeflow/katib-controller", experiments],
  ["kubeflow/training-operator", trainingJobs],
  ["kubeflow/kserve-controller-manager", models],
  ["cert-manager/cert-manager", certificates],
  ["knative-eventing/eventing-controller", eventSources],
] as const;

/**
 * One of everything that users of a platform make whose controllers start pods, with the images that these controllers
 * find in the cluster: in ConfigMaps, environments and flags, read as they read them.
 */
export async function everythingMade(live: Live, namespace: string): Promise<Made[]> {
  const made = KINDS.map(async ([deployment, kind]) =>
    (await live.find(`Deployment.apps ${deployment}`)) === undefined ? [] : kind(live, namespace),
  );
  return (await Promise.all(made)).flat();
}
