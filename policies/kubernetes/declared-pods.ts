import { at, numberAt, type Step } from "../reading.ts";
import type { KubernetesSubject } from "../resource.ts";
import { type PodTemplateSubject, podTemplatesOf } from "./pod-templates.ts";
import { isOfItsOwn } from "./ownership.ts";

/** Pods that an object has running at the same time. */
export interface DeclaredPods {
  readonly template: PodTemplateSubject;
  readonly count: number;
}

/** Kinds that run to an end, what starts them included. */
const JOBS =
  /^(Job|CronJob|Workflow|CronWorkflow|ScheduledWorkflow|Experiment|(PyTorch|TF|XGBoost|MX|Paddle|MPI|JAX|Train)Job)$/;

export function isJob({ kind }: KubernetesSubject): boolean {
  return JOBS.test(kind);
}

/** How many pods an object says it runs at once, by template. What it does not say counts as one. */
export function declaredPods(object: KubernetesSubject): DeclaredPods[] {
  if (object.kind === "ConfigMap" || !isOfItsOwn(object)) return [];
  const trials = object.kind === "Experiment" ? trialsOf(object) : 1;
  return podTemplatesOf(object).map((template) => ({ template, count: trials * podsOf(template) }));
}

/** How many trials an experiment runs at once, where it is known what a trial is. */
function trialsOf({ value }: KubernetesSubject): number {
  at(value, "spec", "trialTemplate", "trialSpec", "kind");
  return numberAt(value, "spec", "parallelTrialCount") ?? 3;
}

function podsOf({ object, path }: PodTemplateSubject): number {
  const { value, kind } = object;
  switch (kind) {
    case "Job":
      return numberAt(value, "spec", "parallelism") ?? 1;
    case "CronJob":
      return numberAt(value, "spec", "jobTemplate", "spec", "parallelism") ?? 1;
    case "Workflow":
      return numberAt(value, "spec", "parallelism") ?? 1;
    case "CronWorkflow":
      return numberAt(value, "spec", "workflowSpec", "parallelism") ?? 1;
    case "ScheduledWorkflow":
      return numberAt(value, "spec", "maxConcurrency") ?? 1;
    case "InferenceService":
      return numberAt(value, ...within(object, path), "maxReplicas") ?? 1;
    default:
      // `replicas` stands beside the template.
      return numberAt(value, ...within(object, path).slice(0, -2), "replicas") ?? 1;
  }
}

function within(object: KubernetesSubject, path: readonly Step[]): readonly Step[] {
  return path.slice(object.path.length);
}
