import type { Environment } from "../../settings/environments.ts";

/** CPU request in millicores and memory limit in MiB. */
export type Size = readonly [cpu: number, memory: number];

/** What one container gets in each environment, and where the figures come from. */
export interface Sizing extends Readonly<Record<Environment, Size>> {
  readonly source: string;
}

/** Every container of a release by `namespace/workload container`, and the proxies that are put beside containers. */
export interface SizingTable {
  readonly containers: Readonly<Record<string, Sizing>>;
  /** Containers of parts that only some settings add, by the same key. */
  readonly optional: Readonly<Record<string, Sizing>>;
  /** Istio's proxy and its init container, in every injected pod, those of the teams included. */
  readonly meshProxy: Sizing;
  /** Knative's proxy in the pods of InferenceServices. */
  readonly queueProxy: Sizing;
  /** Argo's container that begins every step of a pipeline and stands beside it. */
  readonly stepExecutor: StepExecutor;
  /** Containers of the templates that Katib offers for trials. */
  readonly trial: Sizing;
}

/** The same in each environment, as it runs in the namespaces of teams; a quota on CPU limits must not refuse it. */
export interface StepExecutor {
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly cpu: string; readonly memory: string };
  };
  /** Environment variables that say how often, and how long between, it tries a store again. */
  readonly retries: Readonly<Record<string, string>>;
  readonly source: string;
}

export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

/** Part of the memory limit that is requested: what the platform's users found to keep nodes from overcommitment. */
export const MEMORY_REQUEST = 0.8;

/** MiB that a container of this size requests. */
export function requestedMemory([, memory]: Size): number {
  return Math.round(memory * MEMORY_REQUEST);
}

/**
 * A size as Kubernetes writes it. There is no CPU limit: CPU is given back as soon as another pod asks for its request,
 * while a limit throttles webhooks and controllers on idle nodes until their callers time out.
 */
export function resourcesOf(size: Size): Resources {
  return {
    requests: { cpu: `${size[0]}m`, memory: `${requestedMemory(size)}Mi` },
    limits: { memory: `${size[1]}Mi` },
  };
}

/** Key of a container in a sizing table. */
export function containerKey(namespace: string, workload: string, container: string): string {
  return `${namespace}/${workload} ${container}`;
}
