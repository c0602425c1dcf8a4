import { dump, load } from "js-yaml";
import { at, type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import type { StepExecutor } from "./sizing.ts";

const CONFIGURATION = "ConfigMap kubeflow/workflow-controller-configmap";

/**
 * Argo's executor, which begins every step of a pipeline and stands beside it, with its size and its patience: it moves
 * artifacts and logs, and a store that does not answer at once must not fail the step.
 */
export function withStepExecutor(object: KubernetesObject, { resources, retries }: StepExecutor): KubernetesObject {
  if (objectId(object) !== CONFIGURATION) return object;
  const data = at(object, "data") as Readonly<Record<string, string>>;
  const shipped = load(textAt(object, "data", "executor") ?? "") as object;
  const env = Object.entries(retries).map(([name, value]) => ({ name, value }));
  return { ...object, data: { ...data, executor: dump({ ...shipped, resources, env }) } };
}
