/** How large language models are told from other models, by policies before they are applied and by guards after. */
export const LANGUAGE_MODELS = {
  /** What the names of their servers, formats and images have in them, in lower case. */
  servers: [
    "huggingface",
    "vllm",
    "tgi",
    "text-generation-inference",
    "sglang",
    "lmdeploy",
    "triton-llm",
    "tensorrt-llm",
    "tensorrt_llm",
    "trtllm",
  ],
  /** Label of an InferenceService that says whether it is one ("true" or "false"), whatever serves it. */
  label: "kubeflow-on-pulumi/language-model",
  /** Annotation that says "true" of one. */
  annotation: "ml/llm",
  /** GiB of storage beyond which a model is taken for one. */
  largestGi: 5,
} as const;
