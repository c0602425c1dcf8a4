import { dump, load } from "js-yaml";
import { at, groupKind, type KubernetesObject, listAt, objectId } from "../../kit/objects.ts";
import type { Container } from "./containers.ts";

const TRIAL_TEMPLATES = "ConfigMap kubeflow/trial-templates";

type Change = (container: Container) => Container;

/** The templates of trials that Katib offers to users, each container in them put through `change`. */
export function changedTrialTemplates(object: KubernetesObject, change: Change): KubernetesObject {
  if (objectId(object) !== TRIAL_TEMPLATES) return object;
  const templates = Object.entries(at(object, "data") as Readonly<Record<string, string>>);
  const changed = templates.map(([key, text]) => [key, dump(withContainers(load(text), change), { lineWidth: -1 })]);
  return { ...object, data: Object.fromEntries(changed) };
}

/** The model servers that KServe offers to users, each container in them put through `change`. */
export function changedServingRuntime(object: KubernetesObject, change: Change): KubernetesObject {
  if (groupKind(object) !== "ClusterServingRuntime.serving.kserve.io") return object;
  const spec = at(object, "spec") as object;
  return { ...object, spec: { ...spec, containers: (listAt(spec, "containers") as readonly Container[]).map(change) } };
}

/** A manifest with its containers changed, however deep its kind has them. */
function withContainers(value: unknown, change: Change): unknown {
  if (Array.isArray(value)) return value.map((member) => withContainers(member, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]: [string, unknown]) => [
      key,
      key === "containers" ? (field as readonly Container[]).map(change) : withContainers(field, change),
    ]),
  );
}
