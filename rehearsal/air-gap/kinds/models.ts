import { at, listAt, textAt } from "../../../components/kit/objects.ts";
import { dataOf, type Live, read } from "../live.ts";
import { type Made, nameFor } from "../made.ts";

interface Explainer {
  readonly image: string;
  readonly defaultImageVersion: string;
}

/**
 * A model on every runtime, with its storage and all the agents that KServe and Knative may put beside it; a model with
 * every explainer; and a graph of models.
 */
export async function models(live: Live, namespace: string): Promise<Made[]> {
  const kserve = dataOf(await read(live, "ConfigMap kubeflow/inferenceservice-config"));
  const knative = dataOf(await read(live, "ConfigMap knative-serving/config-deployment"));
  const imageOf = (key: string) => (JSON.parse(kserve[key] ?? "{}") as { image?: string }).image ?? "";
  const beside = { "queue-proxy": knative["queue-sidecar-image"] ?? "", agent: imageOf("agent") };
  const storage = { "storage-initializer": imageOf("storageInitializer") };
  const service = (name: string, spec: object, pods: Made["pods"]): Made => ({
    object: { apiVersion: "serving.kserve.io/v1beta1", kind: "InferenceService", metadata: { name, namespace }, spec },
    plural: "inferenceservices",
    pods,
  });
  const runtimes = await live.all("ClusterServingRuntime.serving.kserve.io");
  const predictors = runtimes.map((runtime) => {
    const { name } = runtime.metadata;
    const format = textAt(at(runtime, "spec", "supportedModelFormats", 0), "name") ?? "";
    const containers = Object.fromEntries(
      listAt(runtime, "spec", "containers").map((one) => [textAt(one, "name") ?? "", textAt(one, "image") ?? ""]),
    );
    const predictor = { model: { modelFormat: { name: format }, runtime: name, storageUri: "s3://models/one" } };
    const collectors = [{ batcher: imageOf("batcher") }, { logger: imageOf("logger") }];
    return service(
      name,
      { predictor },
      collectors.map((collector) => ({ init: storage, containers: { ...containers, ...beside, ...collector } })),
    );
  });
  const explainers = JSON.parse(kserve["explainers"] ?? "{}") as Readonly<Record<string, Explainer>>;
  const explained = Object.entries(explainers).map(([name, { image, defaultImageVersion }]) =>
    service(
      nameFor("explained", name),
      { predictor: { model: { modelFormat: { name: "sklearn" }, storageUri: "s3://models/one" } } },
      [{ init: storage, containers: { "kserve-container": `${image}:${defaultImageVersion}`, ...beside } }],
    ),
  );
  const graph: Made = {
    object: {
      apiVersion: "serving.kserve.io/v1alpha1",
      kind: "InferenceGraph",
      metadata: { name: "graph", namespace },
      spec: { nodes: { root: { routerType: "Sequence", steps: [{ serviceName: "one" }] } } },
    },
    plural: "inferencegraphs",
    pods: [{ containers: { router: imageOf("router"), "queue-proxy": beside["queue-proxy"] } }],
  };
  return [...predictors, ...explained, graph];
}
