import { secondsOf } from "../kit/units.ts";
import type { ReleaseVersion } from "../kubeflow/releases/index.ts";
import { type Environment, environments } from "./environments.ts";
import { settingsError } from "./problems.ts";
import { type ClusterRequest, schema } from "./schema.ts";

/** The settings of a stack, checked, with the defaults of its environment. */
export interface Settings {
  readonly environment: Environment;
  readonly cloud: "existing";
  readonly cluster: ClusterRequest;
  readonly release: {
    readonly version: ReleaseVersion;
    readonly source: string | undefined;
    readonly deadlineSeconds: number;
  };
  /** From which every password of the platform is derived; undefined only in a preview. */
  readonly secret: string | undefined;
}

/** Project name: what stands before the colon of every key in a stack file. */
export const PROJECT = "kubeflow";

/** Checks settings as a stack file gives them. Throws one UserError that lists every problem. */
export function parseSettings(input: unknown): Settings {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw settingsError(parsed.error, input, schema);
  const { environment, cloud, cluster, release, secret } = parsed.data;
  const defaults = environments[environment];
  return {
    environment,
    cloud,
    cluster: {
      kubeconfig: cluster.kubeconfig,
      context: cluster.context,
      nodes: { ...defaults.nodes, ...withoutUndefined(cluster.nodes ?? {}) },
      gpuPools: cluster.gpuPools ?? defaults.gpuPools,
    },
    release: { version: release.version, source: release.source, deadlineSeconds: secondsOf(release.deadline) },
    secret,
  };
}

/** Settings by name from configuration as Pulumi hands it over: `project:key` and text, objects and lists as JSON. */
export function inputOf(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const own = Object.entries(config).filter(([key]) => key.startsWith(`${PROJECT}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(PROJECT.length + 1), valueOf(text)]));
}

function valueOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
