/** Quantities as Kubernetes writes them. */
export interface ContainerSize {
  readonly name: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** Pods that the platform starts in a profile's namespace by itself, or for whoever uses it as it is meant. */
export interface StartedPod {
  readonly name: string;
  /** Id of the workload of the platform without which it is not started. */
  readonly by: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly initContainers?: readonly ContainerSize[];
  readonly containers: readonly ContainerSize[];
  /** Whether the mesh puts its proxy beside the containers. */
  readonly hasSidecar: boolean;
  /** How many there may be at once without anybody asking for more. */
  readonly copies: number;
  /** Bytes of volumes that come with one, each a claim. */
  readonly claims?: readonly string[];
  readonly evidence: string;
}
