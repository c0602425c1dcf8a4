import type { PodEndpoint } from "../../../kubeflow/network/reach.ts";

/** Pods that open connections, as the network and the mesh see them. */
export interface Caller {
  /** Callers that share one get the same answers of the network. */
  readonly endpoint: PodEndpoint;
  /** Principals that they can show; undefined where they can come without a proxy. */
  readonly identities: readonly (string | undefined)[];
}
