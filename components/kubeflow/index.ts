import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../kit/objects.ts";
import { Manifest } from "./manifest.ts";
import { ownedByControllers } from "./order/ownership.ts";
import type { Part } from "./parts.ts";
import type { Plan } from "./plan.ts";
import { isRetained, removedAtOnce } from "./removal.ts";
import { retryHook, type WavePlace } from "./retry/index.ts";

export interface KubeflowArgs {
  /** What to apply, and in which order. */
  readonly plan: Plan;
  /** Seconds for which one object is tried again, and may take to be ready, before the installation fails and says why. */
  readonly deadlineSeconds: number;
}

/** Kubeflow on a cluster: a component a part, and within each the part's objects under their own types. */
export class Kubeflow extends pulumi.ComponentResource {
  /** How many objects were registered, the gates between the waves included. */
  readonly objectCount: number;

  constructor(name: string, args: KubeflowArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:kubeflow:Kubeflow", name, {}, opts);
    const parts = new PartComponents(this);
    let gate: Manifest | undefined;
    for (const [number, wave] of args.plan.waves.entries()) {
      const options = objectOptions(placeOf(number, args.plan), args.deadlineSeconds);
      const after = gate === undefined ? {} : { dependsOn: [gate] };
      const applied = wave.map(
        (object) => new Manifest(object, { parent: parts.of(args.plan.partOf(object)), ...options(object), ...after }),
      );
      gate = new Manifest(removedAtOnce(gateAfter(number, wave.length, args.plan)), {
        parent: this,
        dependsOn: applied,
        ...options(undefined),
      });
    }
    this.objectCount = args.plan.waves.reduce((count, wave) => count + wave.length + 1, 0);
    this.registerOutputs({ version: args.plan.version, objects: this.objectCount });
  }
}

/** One part of the platform; its children are the part's objects. */
export class KubeflowPart extends pulumi.ComponentResource {
  constructor(part: Part, opts: pulumi.ComponentResourceOptions) {
    super(`kubeflow:kubeflow:${part.type}`, part.name, {}, opts);
    this.registerOutputs({});
  }
}

class PartComponents {
  readonly #parent: pulumi.Resource;
  readonly #made = new Map<string, KubeflowPart>();

  constructor(parent: pulumi.Resource) {
    this.#parent = parent;
  }

  of(part: Part): KubeflowPart {
    const made = this.#made.get(part.name) ?? new KubeflowPart(part, { parent: this.#parent });
    this.#made.set(part.name, made);
    return made;
  }
}

function placeOf(index: number, { waves }: Plan): WavePlace {
  const behind = waves.slice(index + 1).reduce((count, wave) => count + wave.length, 0);
  return { number: index + 1, of: waves.length, behind };
}

/** Options that every object of a wave shares: retried while the platform comes up, bounded by the deadline. */
function objectOptions(wave: WavePlace, deadlineSeconds: number) {
  const retry = retryHook(`kubeflow-retry-wave-${wave.number}`, wave, deadlineSeconds);
  const timeout = `${deadlineSeconds}s`;
  const common = { hooks: { onError: [retry] }, customTimeouts: { create: timeout, update: timeout } };
  return (object: KubernetesObject | undefined): pulumi.CustomResourceOptions => {
    if (object === undefined) return common;
    const owned = ownedByControllers(object);
    return {
      ...common,
      ...(owned.length === 0 ? {} : { ignoreChanges: [...owned] }),
      ...(isRetained(object) ? { retainOnDelete: true } : {}),
    };
  };
}

/**
 * The small object between two waves: it depends on all of a wave, and all of the next wave on it alone, so the state
 * holds each dependency once. In the cluster it tells how far an installation came.
 */
function gateAfter(number: number, objects: number, plan: Plan): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: `kubeflow-install-wave-${number + 1}`,
      namespace: "kubeflow",
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "kubeflow" },
    },
    data: { release: plan.version, wave: `${number + 1} of ${plan.waves.length}`, objects: String(objects) },
  };
}
