import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerAddress } from "../cluster/contract.ts";
import { loadBalancerAddress } from "../cluster/way-in.ts";
import { groupKind, type KubernetesObject, objectId } from "../kit/objects.ts";
import { applying } from "./applying.ts";
import { Manifest } from "./manifest.ts";
import type { Part } from "./parts.ts";
import type { Plan } from "./plan.ts";
import { removedAtOnce } from "./removal.ts";
import { retryHook, type WavePlace, whatIsHeldBack } from "./retry/index.ts";

export interface KubeflowArgs {
  /** What to apply, and in which order. */
  readonly plan: Plan;
  /** Seconds for which one object is tried again, and may take to be ready, before the installation fails and says why. */
  readonly deadlineSeconds: number;
  /** What must be there before pods run. The first wave has none. */
  readonly after?: pulumi.Resource;
  /** The cluster, where it goes together with the platform: then nothing is deleted one by one that goes with it. */
  readonly deletedWith?: pulumi.Resource | undefined;
}

/** Kubeflow on a cluster: a component a part, and within each the part's objects under their own types. */
export class Kubeflow extends pulumi.ComponentResource {
  /** How many objects were registered, the gates between the waves included. */
  readonly objectCount: number;
  /** To depend on for what needs the whole platform: a list of one object at most. */
  readonly ready: readonly pulumi.Resource[];
  readonly #services = new Map<string, Manifest>();

  constructor(name: string, args: KubeflowArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:kubeflow:Kubeflow", name, {}, opts);
    const parts = new PartComponents(this);
    let gate: Manifest | undefined;
    for (const [number, wave] of args.plan.waves.entries()) {
      const place = placeOf(number, args.plan);
      const retry = retryHook(`kubeflow-retry-wave-${place.number}`, whatIsHeldBack(place), args.deadlineSeconds);
      const options = applying(retry, args);
      const after = gate === undefined ? {} : { dependsOn: [gate] };
      const applied = wave.map((object) => {
        const made = new Manifest(object, { parent: parts.of(args.plan.partOf(object)), ...options(object), ...after });
        if (groupKind(object) === "Service") this.#services.set(objectId(object), made);
        return made;
      });
      gate = new Manifest(removedAtOnce(gateAfter(number, wave.length, args.plan)), {
        parent: this,
        dependsOn: number === 0 && args.after !== undefined ? [...applied, args.after] : applied,
        ...options(),
      });
    }
    this.ready = gate === undefined ? [] : [gate];
    this.objectCount = args.plan.waves.reduce((count, wave) => count + wave.length + 1, 0);
    this.registerOutputs({ version: args.plan.version, objects: this.objectCount });
  }

  /** Where the load balancer of a Service is reached, by the Service's {@link objectId}; empty where it has none. */
  loadBalancerOf(service: string): pulumi.Output<LoadBalancerAddress> {
    const live = pulumi.output({ status: this.#services.get(service)?.status });
    return live.apply(loadBalancerAddress);
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
