import type { GuardCase } from "./guard-case.ts";
import { GPU, model } from "./requests.ts";

/** Of models that take long to load. */
export const modelCases: readonly GuardCase[] = [
  {
    guard: "language-models",
    what: "a language model that scales to zero",
    refused: "may not scale to zero",
    request: model({ minReplicas: 0, model: { modelFormat: { name: "HuggingFace" } } }),
  },
  {
    guard: "language-models",
    what: "one that keeps a replica",
    request: model({ minReplicas: 1, model: { modelFormat: { name: "huggingface" } } }),
  },
  {
    guard: "language-models",
    what: "one that leaves it to KServe, which keeps one",
    request: model({ model: { modelFormat: { name: "vllm" } } }),
  },
  {
    guard: "language-models",
    what: "one by its server",
    refused: "may not scale to zero",
    request: model({
      minReplicas: 0,
      containers: [{ name: "kserve-container", image: "docker.io/vllm/vllm-openai:v0.4" }],
    }),
  },
  {
    guard: "language-models",
    what: "one by its label",
    refused: "may not scale to zero",
    request: model(
      { minReplicas: 0, model: { modelFormat: { name: "triton" } } },
      { labels: { "kubeflow-on-pulumi/language-model": "true" } },
    ),
  },
  {
    guard: "language-models",
    what: "one by its annotation",
    refused: "may not scale to zero",
    request: model({ minReplicas: 0, model: { modelFormat: { name: "onnx" } } }, { annotations: { "ml/llm": "true" } }),
  },
  {
    guard: "language-models",
    what: "one by its runtime",
    refused: "may not scale to zero",
    request: model({ minReplicas: 0, model: { runtime: "vLLM-llama", modelFormat: { name: "pytorch" } } }),
  },
  {
    guard: "language-models",
    what: "one that wants a GPU",
    refused: "may not scale to zero",
    request: model({ minReplicas: 0, model: { modelFormat: { name: "pytorch" }, resources: GPU } }),
  },
  {
    guard: "language-models",
    what: "one of more storage than other models take",
    refused: "may not scale to zero",
    request: model({
      minReplicas: 0,
      model: { modelFormat: { name: "pytorch" }, resources: { requests: { "ephemeral-storage": "20Gi" } } },
    }),
  },
  {
    guard: "language-models",
    what: "a small model on a GPU that is said to be none",
    request: model(
      { minReplicas: 0, model: { modelFormat: { name: "pytorch" }, resources: GPU } },
      { labels: { "kubeflow-on-pulumi/language-model": "false" } },
    ),
  },
  {
    guard: "language-models",
    what: "another model that scales to zero",
    request: model({ minReplicas: 0, model: { modelFormat: { name: "sklearn" } } }),
  },
];
