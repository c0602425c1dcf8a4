import { load } from "js-yaml";
import { at, listAt, textAt } from "../../../components/kit/objects.ts";
import { dataOf, type Live, read } from "../live.ts";
import type { Made, PodImages } from "../made.ts";

interface Configured {
  readonly algorithmName: string;
  readonly image: string;
}

interface Runtime {
  readonly metricsCollectors: readonly { readonly kind: string; readonly image: string }[];
  readonly suggestions: readonly Configured[];
  readonly earlyStoppings: readonly Configured[];
}

/** An experiment with every algorithm, and trials of every template with every way to collect metrics. */
export async function experiments(live: Live, namespace: string): Promise<Made[]> {
  const config = dataOf(await read(live, "ConfigMap kubeflow/katib-config"))["katib-config.yaml"] ?? "";
  const { runtime } = load(config) as { runtime: Runtime };
  const templates = dataOf(await read(live, "ConfigMap kubeflow/trial-templates"));
  const trials = Object.values(templates).flatMap((text) => containersIn(load(text)));
  const stopping = Object.fromEntries(runtime.earlyStoppings.map(({ image }) => ["earlystopping", image]));
  return [
    ...runtime.suggestions.map(({ algorithmName, image }) =>
      experiment(namespace, algorithmName, [{ containers: { suggestion: image, ...stopping } }]),
    ),
    ...runtime.metricsCollectors.map(({ kind, image }) =>
      experiment(
        namespace,
        `collects-${kind.toLowerCase()}`,
        trials.map((containers) => ({ containers: { ...containers, "metrics-collector": image } })),
      ),
    ),
  ];
}

function experiment(namespace: string, name: string, pods: readonly PodImages[]): Made {
  return {
    object: {
      apiVersion: "kubeflow.org/v1beta1",
      kind: "Experiment",
      metadata: { name, namespace },
      spec: { algorithm: { algorithmName: name }, objective: { type: "maximize", objectiveMetricName: "accuracy" } },
    },
    plural: "experiments",
    pods,
  };
}

/** The containers of each pod that a template of any kind of job describes. */
function containersIn(value: unknown): Record<string, string>[] {
  if (typeof value !== "object" || value === null) return [];
  const own = listAt(value, "containers");
  if (own.length > 0) {
    return [Object.fromEntries(own.map((one) => [textAt(one, "name") ?? "", textAt(one, "image") ?? ""]))];
  }
  return Object.keys(value).flatMap((key) => containersIn(at(value, key)));
}
