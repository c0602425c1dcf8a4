import { type Live, Program } from "../live.ts";
import { type Made, nameFor } from "../made.ts";

/** Versions that the Pipelines interface offers: the oldest, the default and the newest. */
const VIEWER_VERSIONS = ["1.7.1", "1.13.2", "2.2.2"];

/** A TensorBoard of the TensorBoards page. */
export async function tensorboards(live: Live, namespace: string): Promise<Made[]> {
  const controller = await Program.of(live, "kubeflow/tensorboard-controller-deployment", "manager");
  const image = (await controller.variable("TENSORBOARD_IMAGE")) ?? "tensorflow/tensorflow:2.1.0";
  return [
    {
      object: {
        apiVersion: "tensorboard.kubeflow.org/v1alpha1",
        kind: "Tensorboard",
        metadata: { name: "tensorboard", namespace },
        spec: { logspath: "pvc://logs/run" },
      },
      plural: "tensorboards",
      pods: [{ containers: { tensorboard: image } }],
    },
  ];
}

/** The viewer that the volumes page opens. */
export async function volumeViewers(live: Live, namespace: string): Promise<Made[]> {
  const webApp = await Program.of(live, "kubeflow/volumes-web-app-deployment", "volumes-web-app");
  const image = (await webApp.variable("VOLUME_VIEWER_IMAGE")) ?? "filebrowser/filebrowser:latest";
  const podSpec = { containers: [{ name: "main", image }] };
  return [
    {
      object: {
        apiVersion: "kubeflow.org/v1alpha1",
        kind: "PVCViewer",
        metadata: { name: "volume", namespace },
        spec: { pvc: "data", podSpec, networking: { targetPort: 8080, basePrefix: "/pvcviewers", rewrite: "/" } },
      },
      plural: "pvcviewers",
      pods: [{ containers: { main: image } }],
    },
  ];
}

/** TensorBoards of the Pipelines interface. */
export async function pipelineViewers(live: Live, namespace: string): Promise<Made[]> {
  const ui = await Program.of(live, "kubeflow/ml-pipeline-ui", "ml-pipeline-ui");
  const repository = (await ui.variable("VIEWER_TENSORBOARD_TF_IMAGE_NAME")) ?? "tensorflow/tensorflow";
  return VIEWER_VERSIONS.map((version) => {
    const image = `${repository}:${version}`;
    const name = nameFor("viewer", image);
    return {
      object: {
        apiVersion: "kubeflow.org/v1beta1",
        kind: "Viewer",
        metadata: { name, namespace },
        spec: { type: "tensorboard", tensorboardSpec: { logDir: "/logs", tensorflowImage: image } },
      },
      plural: "viewers",
      pods: [{ containers: { [name]: image } }],
    };
  });
}
