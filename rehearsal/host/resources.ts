import type { Properties } from "./values.ts";

/** Resource options that the host acts on; only what was set is present. */
export interface ResourceOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  /** URN of the resource whose deletion takes this one along. */
  readonly deletedWith?: string;
  readonly ignoreChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  /** Earlier URNs. */
  readonly aliases?: readonly string[];
  /** Seconds. */
  readonly customTimeouts?: { readonly create?: number; readonly update?: number; readonly delete?: number };
  /** Names of error hooks. */
  readonly onError?: readonly string[];
  readonly version?: string;
}

/** A resource as the program registers it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent?: string;
  /** Provider reference, `urn::id`. */
  readonly provider?: string;
  readonly inputs: Properties;
  /** URNs, sorted. */
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly options: ResourceOptions;
}

/** A registration with the name that it has in the whole stack. */
export interface Named extends Registration {
  readonly urn: string;
}

/** A resource as the state keeps it. `id` is empty for components. */
export interface ResourceState extends Named {
  readonly id: string;
  readonly outputs: Properties;
  /** Why the object exists but did not become ready; the next run then updates it even without a change. */
  readonly initErrors?: readonly string[];
}

export type Operation = "create" | "update" | "same" | "delete";

/** A resource of a run, with what was done (in a preview: would be done) to it. */
export interface ResourceRecord extends ResourceState {
  readonly operation: Operation;
}

/** The real objects that a run left, by what happened to them. */
export interface ObjectCounts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export type HostEventType =
  "registering" | "created" | "updated" | "unchanged" | "deleted" | "retrying" | "failed" | "waiting" | "log";

/** Something that happened to a resource, or (`log`) that the program said; then `urn` may be empty. */
export interface HostEvent {
  readonly type: HostEventType;
  readonly urn: string;
  readonly resourceType: string;
  readonly name: string;
  readonly parent?: string;
  /** How long the operation took. */
  readonly seconds?: number;
  readonly message?: string;
  /** `log` only. */
  readonly severity?: "debug" | "info" | "warning" | "error";
}

export interface Failure {
  /** Empty where no resource is to blame: the program itself failed. */
  readonly urn: string;
  readonly message: string;
}
