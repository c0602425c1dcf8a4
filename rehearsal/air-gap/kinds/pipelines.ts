import { type Live, Program } from "../live.ts";
import type { Made } from "../made.ts";
import { notebookImages } from "./notebooks.ts";

/** Compiled into the API server, which uses them as long as nothing else is said. */
const DRIVER = "ghcr.io/kubeflow/kfp-driver:2.4.1";
const LAUNCHER = "ghcr.io/kubeflow/kfp-launcher:2.4.1";

/**
 * A run of version 2 with one step of the user's, whose image is one that the site has, and a run of version 1 whose step
 * comes from the cache. Argo's executor prepares every pod and stays beside it.
 */
export async function pipelineRuns(live: Live, namespace: string): Promise<Made[]> {
  const [apiServer, argo, cache] = await Promise.all([
    Program.of(live, "kubeflow/ml-pipeline", "ml-pipeline-api-server"),
    Program.of(live, "kubeflow/workflow-controller", "workflow-controller"),
    Program.of(live, "kubeflow/cache-server", "server"),
  ]);
  const driver = (await apiServer.variable("V2_DRIVER_IMAGE")) ?? DRIVER;
  const launcher = (await apiServer.variable("V2_LAUNCHER_IMAGE")) ?? LAUNCHER;
  const cached = (await cache.variable("CACHE_IMAGE")) ?? "gcr.io/google-containers/busybox";
  const executor = argo.flag("--executor-image") ?? "";
  const [step = executor] = await notebookImages(live);
  const pod = (main: string, init: Readonly<Record<string, string>> = {}) => ({
    init: { init: executor, ...init },
    containers: { wait: executor, main },
    labels: { "pipelines.kubeflow.org/v2_component": "true" },
  });
  const workflow = (name: string, pods: Made["pods"]): Made => ({
    object: {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Workflow",
      metadata: { name, namespace },
      spec: { entrypoint: "step", templates: [{ name: "step", container: { image: step, command: ["true"] } }] },
    },
    plural: "workflows",
    pods,
  });
  return [
    workflow("run", [pod(driver), pod(step, { "kfp-launcher": launcher })]),
    workflow("run-of-version-1", [pod(step), pod(cached)]),
  ];
}

/** What the profile controller of Pipelines keeps in every profile. */
export async function profileServers(live: Live, namespace: string): Promise<Made[]> {
  const controller = await Program.of(live, "kubeflow/kubeflow-pipelines-profile-controller", "profile-controller");
  const version = await controller.variable("KFP_VERSION");
  const image = async (prefix: string, name: string) =>
    `${(await controller.variable(`${prefix}_IMAGE`)) ?? name}:${(await controller.variable(`${prefix}_TAG`)) ?? version}`;
  const images = {
    "ml-pipeline-ui-artifact": await image("FRONTEND", "gcr.io/ml-pipeline/frontend"),
    "ml-pipeline-visualizationserver": await image("VISUALIZATION_SERVER", "gcr.io/ml-pipeline/visualization-server"),
  };
  return Object.entries(images).map(([name, server]) => {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { containers: [{ name, image: server }] } };
    return {
      object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace },
        spec: { selector: { matchLabels: labels }, template },
      },
      plural: "deployments",
      pods: [{ containers: { [name]: server }, labels }],
    };
  });
}
