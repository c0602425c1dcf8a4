import type { JsonObject } from "../../host/values.ts";
import type { SimulatedNode } from "../../control-plane/index.ts";
import type { ResourceSchema } from "./schema/shape.ts";

/**
 * What the simulation of one cloud knows beyond the SDK's declarations. Its table is data, with functions where a value
 * depends on another; types that it does not list exist by an id and have what they were given.
 */
export interface SimulatedCloud {
  /** Of the provider: `aws`. */
  readonly package: string;
  /** Its resources and the provider itself by type, where no SDK is installed that declares them. */
  readonly declared?: Readonly<Record<string, ResourceSchema>>;
  /** By type token, such as `aws:eks/nodeGroup:NodeGroup`. */
  readonly resources: Readonly<Record<string, SimulatedResource>>;
  /** Outputs that any resource of this cloud has, such as its ARN; `names` are those that the SDK declares for its type. */
  readonly outputs?: (made: Made, names: readonly string[]) => JsonObject;
  /**
   * Names of properties, at any depth, whose values must be those of something that exists: its id, or any of its
   * outputs. A value that begins with one of `allowed` is the cloud's own, such as a managed policy's ARN.
   */
  readonly references: {
    readonly properties: readonly string[];
    readonly allowed: readonly string[];
    /** Whether a reference leads out of what is simulated. */
    readonly isElsewhere?: (value: string) => boolean;
  };
}

export interface SimulatedResource {
  /** @default a hash of the resource's URN */
  readonly id?: (made: Request) => string;
  /** What the cloud adds once the resource exists; inputs are outputs as well. Unknown in previews. */
  readonly outputs?: (made: Made, simulation: Simulation) => JsonObject;
  /** Output properties that are secret. */
  readonly secrets?: readonly string[];
  /** The form of properties at the top, by name: what the cloud refuses otherwise, as its documentation says it. */
  readonly forms?: Readonly<Record<string, { readonly pattern: RegExp; readonly says: string }>>;
  /** What else the cloud refuses, one sentence each, beginning with the property. `inputs` may lack what is unknown. */
  readonly refuses?: (inputs: JsonObject, simulation: Simulation) => readonly string[];
  /** The nodes that join the cluster when the resource is made, and leave it when it is deleted. */
  readonly nodes?: (made: Made, simulation: Simulation) => readonly SimulatedNode[];
}

/** A resource that is asked for. */
export interface Request {
  readonly type: string;
  /** The last part of its URN. */
  readonly name: string;
  /** 40 hexadecimal digits that only this URN has. */
  readonly hash: string;
  /** Without secrets' wrappers. */
  readonly inputs: JsonObject;
  /** Of the provider: region, project. */
  readonly provider: JsonObject;
}

/** A resource that exists. */
export interface Made extends Request {
  readonly id: string;
}

/** What there is, for resources that look at others. */
export interface Simulation {
  /** The resource that has this value as its id or one of its outputs, with its outputs. */
  readonly find: (value: unknown) => (Made & { readonly outputs: JsonObject }) | undefined;
  /**
   * The host on which the simulated cluster's API server is said to be, and the authority that signed its certificate, as
   * base64 of PEM: what a kubeconfig must name, and what leads to the rehearsal's control plane.
   */
  readonly apiServer: { readonly host: string; readonly certificateAuthority: string };
}
