/** What goes wrong on purpose, as JSON. Services are written `namespace/name`. */
export interface FaultPlan {
  /** Seconds for which the webhooks of a Service still refuse after its first endpoint is ready. */
  readonly delayBackend?: Readonly<Record<string, number>>;
  /** Services whose webhooks never answer. */
  readonly neverBackend?: readonly string[];
  /** Seconds after the control plane is up at which the API server is killed and started again, once. */
  readonly restartApiServerAfter?: number;
}
