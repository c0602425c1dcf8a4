import { z } from "zod";
import { LANGUAGE_MODELS } from "../../components/kubeflow/language-models.ts";
import { asksForGpu } from "../kubernetes/gpus.ts";
import { podTemplatesOf } from "../kubernetes/pod-templates.ts";
import { expand } from "../kubernetes/places.ts";
import { quantityOf } from "../kubernetes/quantity.ts";
import { at, isTrue, numberAt, textAt } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { ofKind } from "../subjects.ts";

const parameters = z.strictObject({
  llmRuntimes: z
    .array(z.string())
    .default([...LANGUAGE_MODELS.servers])
    .describe("What the names of runtimes, model formats and images of large language models have in them"),
  largestModelGi: z
    .number()
    .min(0)
    .default(LANGUAGE_MODELS.largestGi)
    .describe("GiB of storage beyond which a model counts as a large one"),
});

type Parameters = z.infer<typeof parameters>;

/** Where Knative, below KServe, reads how few pods there may be. */
const SCALES = ["autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"];

export const kserveMinReplicas = resourceRule({
  id: "ml-kserve-min-replicas",
  title: "A large language model has at least one pod at all times",
  severity: "high",
  why: "A model of many gigabytes takes minutes to load; scaled to zero, the first requests fail and Knative gives up on the pod before it is ready, again and again.",
  remediation: "Set spec.predictor.minReplicas to 1 or more, and scale smaller models to zero instead.",
  url: "https://kserve.github.io/website/docs/model-serving/predictive-inference/autoscaling/kpa-autoscaler",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters,
  subjects: ofKind("InferenceService"),
  checks: {
    minReplicas: (service, { parameters }) => {
      const path = ["spec", "predictor", "minReplicas"];
      const least = numberAt(service.value, ...path);
      if (least === undefined || least >= 1 || !isLarge(service, parameters)) return;
      return { message: `${service.name} serves a large language model and may have no pod at all`, path };
    },
    minScale: function* (service, { parameters }) {
      for (const holder of [["metadata"], ["spec", "predictor"]]) {
        for (const scale of SCALES) {
          const path = [...holder, "annotations", scale];
          const least = numberAt(service.value, ...path);
          if (least === undefined || least >= 1 || !isLarge(service, parameters)) continue;
          const message = `${service.name} serves a large language model and lets Knative scale it to nothing`;
          yield { message, path, fix: `Set the annotation ${scale} to "1" or leave it out.` };
        }
      }
    },
  },
  examples: {
    good: [
      service("", "minReplicas: 1, model: { modelFormat: { name: huggingface } }"),
      service("", "minReplicas: 0, model: { modelFormat: { name: sklearn } }"),
    ],
    bad: {
      minReplicas: service("", "minReplicas: 0, model: { modelFormat: { name: huggingface } }"),
      minScale: service(
        'annotations: { autoscaling.knative.dev/min-scale: "0" }',
        "model: { runtime: vllm-llama, modelFormat: { name: custom } }",
      ),
    },
  },
});

function isLarge(service: KubernetesSubject, { llmRuntimes, largestModelGi }: Parameters): boolean {
  const { value } = service;
  const label = textAt(value, "metadata", "labels", LANGUAGE_MODELS.label);
  if (label !== undefined) return label === "true";
  if (isTrue(value, "metadata", "annotations", LANGUAGE_MODELS.annotation)) return true;
  const containers = podTemplatesOf(service).flatMap((template) => template.containers);
  const isOfRuntime = (text: string | undefined) =>
    text !== undefined && llmRuntimes.some((runtime) => text.toLowerCase().includes(runtime));
  return (
    isOfRuntime(textAt(value, "spec", "predictor", "model", "runtime")) ||
    isOfRuntime(textAt(value, "spec", "predictor", "model", "modelFormat", "name")) ||
    at(value, "spec", "predictor", "huggingface") !== undefined ||
    containers.some((container) => isOfRuntime(textAt(container.value, "image")) || asksForGpu(container.value)) ||
    containers.some((container) => storageOf(container.value) > largestModelGi * 2 ** 30)
  );
}

function storageOf(container: unknown): number {
  const [asked] = ["limits", "requests"].flatMap((of) => expand(container, ["resources", of, "ephemeral-storage"]));
  return quantityOf(at(asked?.value)) ?? 0;
}

function service(metadata: string, predictor: string): string {
  return `
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: { name: chat, namespace: alice${metadata === "" ? "" : `, ${metadata}`} }
spec: { predictor: { ${predictor} } }
`;
}
