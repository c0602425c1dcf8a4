import type { FaultPlan } from "../control-plane/faults.ts";
import type { Cluster } from "./cluster.ts";
import { keyOf } from "./store.ts";

const SERVICE_NAME = "kubernetes.io/service-name";

/**
 * Says which Services answer, as the network of a cluster would: those with a ready endpoint, minus the planned
 * faults.
 */
export class Backends {
  readonly #cluster: Pick<Cluster, "services" | "endpointSlices">;
  readonly #faults: FaultPlan;
  readonly #readySince = new Map<string, number>();

  constructor(cluster: Pick<Cluster, "services" | "endpointSlices">, faults: FaultPlan) {
    this.#cluster = cluster;
    this.#faults = faults;
    cluster.endpointSlices.onChange(() => {
      for (const service of Object.keys(faults.delayBackend ?? {})) {
        if (!this.#hasEndpoint(service)) this.#readySince.delete(service);
        else if (!this.#readySince.has(service)) this.#readySince.set(service, Date.now());
      }
    });
  }

  /**
   * The Service (`namespace/name`) behind what the API server wants to connect to: a cluster IP or
   * `name.namespace.svc`.
   */
  serviceAt(host: string): string | undefined {
    const service = this.#cluster.services.values().find(({ spec }) => spec.clusterIP === host);
    return service === undefined ? serviceOfName(host) : keyOf(service);
  }

  answers(service: string): boolean {
    if (this.#faults.neverBackend?.includes(service)) return false;
    const delay = this.#faults.delayBackend?.[service];
    const since = this.#readySince.get(service);
    if (delay !== undefined && (since === undefined || Date.now() - since < delay * 1000)) return false;
    return this.#hasEndpoint(service);
  }

  #hasEndpoint(service: string): boolean {
    return this.#cluster.endpointSlices
      .values()
      .some(
        ({ metadata, endpoints }) =>
          `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME]}` === service &&
          (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
      );
  }
}

/** `namespace/name` of a Service's DNS name, undefined for any other host. */
export function serviceOfName(host: string): string | undefined {
  const match = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/.exec(host);
  return match === null ? undefined : `${match[2]}/${match[1]}`;
}
