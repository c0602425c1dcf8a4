import { at, listAt, textAt } from "../../kit/objects.ts";
import { quantityOf } from "../../kit/quantities.ts";
import { LANGUAGE_MODELS } from "../../kubeflow/language-models.ts";
import { PROFILE_LABEL } from "../../kubeflow/network/flows.ts";
import { ASKED_GPUS, gpusAskedIn } from "./gpus.ts";
import { type Guard, quoted, quotedList } from "./guard.ts";

const { servers, label, annotation, largestGi } = LANGUAGE_MODELS;

const FIX = `a large language model takes minutes to load, so it may not scale to zero: set spec.predictor.minReplicas to 1 or more, or the label ${label} to "false" if it is none`;

/** Whether a text of CEL names a server of language models. */
const names = (text: string) => `${quotedList(servers)}.exists(server, ${text}.lowerAscii().contains(server))`;
/** Whether a key of a map of CEL says so. */
const says = (map: string, key: string, value: string) =>
  `has(${map}) && ${quoted(key)} in ${map} && ${map}[${quoted(key)}] == ${quoted(value)}`;
const LARGE = ["limits", "requests"]
  .map(
    (of) =>
      `(has(c.resources.${of}) && 'ephemeral-storage' in c.resources.${of} && quantity(string(c.resources.${of}['ephemeral-storage'])).isGreaterThan(quantity('${largestGi}Gi')))`,
  )
  .join(" || ");

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
    isLabelled: says("object.metadata.labels", label, "true"),
    isExcepted: says("object.metadata.labels", label, "false"),
    isAnnotated: says("object.metadata.annotations", annotation, "true"),
    hasServer: [
      `has(variables.predictor.model) && (has(variables.predictor.model.runtime) && ${names("variables.predictor.model.runtime")}`,
      ` || has(variables.predictor.model.modelFormat) && has(variables.predictor.model.modelFormat.name) && ${names("variables.predictor.model.modelFormat.name")})`,
    ].join(""),
    containers:
      "(has(variables.predictor.containers) ? variables.predictor.containers.map(c, dyn(c)) : []) + (has(variables.predictor.model) ? [dyn(variables.predictor.model)] : [])",
    isLarge: `variables.containers.exists(c, (has(c.image) && ${names("c.image")}) || (has(c.resources) && (${ASKED_GPUS} || ${LARGE})))`,
  },
  validations: [
    {
      expression:
        "variables.isExcepted || !(variables.isLabelled || variables.isAnnotated || variables.hasServer || variables.isLarge) || !has(variables.predictor.minReplicas) || variables.predictor.minReplicas > 0",
      message: quoted(FIX),
    },
  ],
  judge: ({ object }) => {
    const predictor = at(object, "spec", "predictor");
    const model = at(predictor, "model");
    const containers = [...listAt(predictor, "containers"), ...(model === undefined ? [] : [model])];
    const { labels = {}, annotations } = object.metadata;
    const isLanguageModel =
      labels[label] === "true" ||
      textAt(annotations, annotation) === "true" ||
      [textAt(model, "runtime"), textAt(model, "modelFormat", "name")].some(isServer) ||
      containers.some((one) => isServer(textAt(one, "image")) || gpusAskedIn(one) || isLarge(one));
    const least = at(predictor, "minReplicas");
    return isLanguageModel && labels[label] !== "false" && typeof least === "number" && least <= 0 ? [FIX] : [];
  },
};

function isServer(text = ""): boolean {
  return servers.some((server) => text.toLowerCase().includes(server));
}

function isLarge(container: unknown): boolean {
  return ["limits", "requests"].some(
    (of) => quantityOf(textAt(container, "resources", of, "ephemeral-storage") ?? "0") > largestGi * 2 ** 30,
  );
}
