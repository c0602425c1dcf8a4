import { at, listAt, textAt } from "../../kit/objects.ts";
import { PROFILE_LABEL } from "../../kubeflow/network/flows.ts";
import { type Guard, quoted, quotedList } from "./guard.ts";

/** Formats of models that only servers of language models take. */
const FORMATS = ["huggingface", "vllm", "openai", "tgi"];
/** Names of servers of language models, in images. */
const SERVERS = "vllm|text-generation-inference|huggingfaceserver|sglang|lmdeploy|tensorrt[-_]?llm";
/** Label of an InferenceService that says what its model is, whatever serves it. */
const LABEL = "kubeflow-on-pulumi/language-model";

const FIX =
  "a large language model takes minutes to load, so it may not scale to zero: set spec.predictor.minReplicas to 1 or more";

/** InferenceServices of large language models keep a replica. */
export const languageModels: Guard = {
  name: "language-models",
  on: {
    group: "serving.kserve.io",
    version: "v1beta1",
    resources: ["inferenceservices"],
    operations: ["CREATE", "UPDATE"],
  },
  within: { matchLabels: PROFILE_LABEL },
  // One that is there may still be finished and removed.
  unless: "request.operation == 'UPDATE' && object.spec == oldObject.spec",
  variables: {
    predictor: "object.spec.predictor",
    isLabelled: `has(object.metadata.labels) && ${quoted(LABEL)} in object.metadata.labels && object.metadata.labels[${quoted(LABEL)}] == 'true'`,
    hasFormat: `has(variables.predictor.model) && has(variables.predictor.model.modelFormat) && has(variables.predictor.model.modelFormat.name) && variables.predictor.model.modelFormat.name.lowerAscii() in ${quotedList(FORMATS)}`,
    hasServer: `has(variables.predictor.containers) && variables.predictor.containers.exists(c, has(c.image) && c.image.lowerAscii().matches(${quoted(SERVERS)}))`,
  },
  validations: [
    {
      expression:
        "!(variables.isLabelled || variables.hasFormat || variables.hasServer) || !has(variables.predictor.minReplicas) || variables.predictor.minReplicas > 0",
      message: quoted(FIX),
    },
  ],
  judge: ({ object }) => {
    const predictor = at(object, "spec", "predictor");
    const format = textAt(predictor, "model", "modelFormat", "name")?.toLowerCase() ?? "";
    const isLanguageModel =
      object.metadata.labels?.[LABEL] === "true" ||
      FORMATS.includes(format) ||
      listAt(predictor, "containers").some((one) =>
        new RegExp(SERVERS).test(textAt(one, "image")?.toLowerCase() ?? ""),
      );
    const least = at(predictor, "minReplicas");
    return isLanguageModel && typeof least === "number" && least <= 0 ? [FIX] : [];
  },
};
