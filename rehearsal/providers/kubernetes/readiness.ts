import { at, textAt } from "../../../components/kit/objects.ts";
import type { Json, JsonObject } from "../../host/values.ts";
import { condition, numberAt, objectsAt, type KubernetesObject } from "./objects.ts";

/** Whether an object has become what it shall be, else what it still waits for; `failed` when it never will. */
export type Readiness =
  { readonly ready: true } | { readonly ready: false; readonly waiting: string; readonly failed?: boolean };

/** What readiness depends on beside the object itself. */
export interface Surroundings {
  /** The EndpointSlices of the Service. */
  readonly endpointSlices: readonly JsonObject[];
  /** True when volumes of the claim's class are bound only once a pod uses them. */
  readonly waitsForConsumer: boolean;
}

export type Judge = (object: KubernetesObject, surroundings: Surroundings) => Readiness;

const READY: Readiness = { ready: true };

function waiting(what: string): Readiness {
  return { ready: false, waiting: what };
}

/** The kinds that are waited for, by `<apiVersion>/<kind>`; all others are ready once they exist. */
export const JUDGES: Readonly<Record<string, Judge>> = {
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "v1/Pod": pod,
  "v1/PersistentVolumeClaim": claim,
  "v1/Service": service,
  "networking.k8s.io/v1/Ingress": ingress,
};

export function judgeOf({ apiVersion, kind }: Pick<KubernetesObject, "apiVersion" | "kind">): Judge | undefined {
  return JUDGES[`${apiVersion}/${kind}`];
}

/** True when the controller has not looked at the current specification yet: its status is about an older one. */
function isStale(object: Json): boolean {
  return (numberAt(object, "status", "observedGeneration") ?? 0) < (numberAt(object, "metadata", "generation") ?? 0);
}

function deployment(object: KubernetesObject): Readiness {
  if (isStale(object)) return waiting("its controller");
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const updated = numberAt(object, "status", "updatedReplicas") ?? 0;
  const ready = numberAt(object, "status", "readyReplicas") ?? 0;
  if (updated < wanted) return waiting(`${updated} of ${wanted} up to date${whyNoPods(object)}`);
  return textAt(condition(object, "Available"), "status") === "True" ? READY : waiting(`${ready} of ${wanted} ready`);
}

/** Why the API server refuses the pods. */
function whyNoPods(object: KubernetesObject): string {
  const failure = condition(object, "ReplicaFailure");
  return textAt(failure, "status") === "True" ? `: ${textAt(failure, "message") ?? "no reason given"}` : "";
}

function statefulSet(object: KubernetesObject): Readiness {
  if (isStale(object)) return waiting("its controller");
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  const ready = numberAt(object, "status", "readyReplicas") ?? 0;
  if (ready < wanted) return waiting(`${ready} of ${wanted} ready`);
  const current = textAt(object, "status", "currentRevision");
  const update = textAt(object, "status", "updateRevision");
  const updated = numberAt(object, "status", "updatedReplicas") ?? 0;
  const rolled =
    current === update || updated >= wanted || textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
  return rolled ? READY : waiting(`${updated} of ${wanted} up to date`);
}

function daemonSet(object: KubernetesObject): Readiness {
  if (isStale(object)) return waiting("its controller");
  const wanted = numberAt(object, "status", "desiredNumberScheduled") ?? 0;
  const ready = numberAt(object, "status", "numberReady") ?? 0;
  const updated = numberAt(object, "status", "updatedNumberScheduled") ?? 0;
  if (updated < wanted) return waiting(`${updated} of ${wanted} up to date`);
  return ready < wanted ? waiting(`${ready} of ${wanted} ready`) : READY;
}

function job(object: KubernetesObject): Readiness {
  if (textAt(condition(object, "Complete"), "status") === "True") return READY;
  const failure = condition(object, "Failed");
  if (textAt(failure, "status") === "True") return failed(`failed: ${textAt(failure, "message") ?? "no reason given"}`);
  const wanted = numberAt(object, "spec", "completions") ?? 1;
  return waiting(`${numberAt(object, "status", "succeeded") ?? 0} of ${wanted} completed`);
}

function pod(object: KubernetesObject): Readiness {
  const phase = textAt(object, "status", "phase") ?? "Pending";
  if (phase === "Succeeded") return READY;
  if (phase === "Failed") return failed(`failed: ${textAt(object, "status", "message") ?? "no reason given"}`);
  if (textAt(condition(object, "Ready"), "status") === "True") return READY;
  const scheduled = condition(object, "PodScheduled");
  const why = textAt(scheduled, "status") === "False" ? textAt(scheduled, "message") : undefined;
  return waiting(why === undefined ? `phase ${phase}` : `not scheduled: ${why}`);
}

function claim(object: KubernetesObject, { waitsForConsumer }: Surroundings): Readiness {
  const phase = textAt(object, "status", "phase") ?? "Pending";
  if (phase === "Bound" || (phase === "Pending" && waitsForConsumer)) return READY;
  return waiting(`phase ${phase}, not Bound`);
}

function service(object: KubernetesObject, { endpointSlices }: Surroundings): Readiness {
  const type = textAt(object, "spec", "type") ?? "ClusterIP";
  if (type === "LoadBalancer" && objectsAt(object, "status", "loadBalancer", "ingress").length === 0) {
    return waiting("an address of the load balancer");
  }
  const selector = at(object, "spec", "selector");
  const isSelecting = typeof selector === "object" && selector !== null && Object.keys(selector).length > 0;
  if (type === "ExternalName" || !isSelecting || textAt(object, "spec", "clusterIP") === "None") return READY;
  const hasEndpoint = endpointSlices.some((slice) =>
    objectsAt(slice, "endpoints").some((endpoint) => at(endpoint, "conditions", "ready") !== false),
  );
  return hasEndpoint ? READY : waiting("a ready endpoint");
}

function ingress(object: KubernetesObject): Readiness {
  return objectsAt(object, "status", "loadBalancer", "ingress").length > 0 ? READY : waiting("an address");
}

function failed(why: string): Readiness {
  return { ready: false, waiting: why, failed: true };
}
