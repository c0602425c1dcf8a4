/** A container of a workload; the id is that of `objectId`. */
export interface ContainerPlace {
  readonly id: string;
  readonly container: string;
}

/** What a release runs in the cluster to keep data in, and the objects that say where that is. */
export interface ReleaseServices {
  /** By service: ids of what goes where another one stands in for it. */
  readonly replaced: Readonly<Record<"pipelinesDatabase" | "katibDatabase" | "objectStore", readonly string[]>>;
  readonly namespace: string;
  readonly databaseSecret: string;
  readonly objectStoreSecret: { readonly id: string; readonly name: string };
  /** ConfigMaps of Pipelines: its own, the launcher's and Argo's. */
  readonly configuration: string;
  readonly launcher: string;
  readonly workflows: string;
  /** ConfigMap of the Python that says what each profile's namespace holds, and how object stores get into it. */
  readonly profileProgram: ProfileProgram;
  readonly apiServer: ContainerPlace;
  readonly cacheServer: ContainerPlace;
  readonly metadataStore: ContainerPlace;
  readonly userInterface: ContainerPlace;
  readonly profileController: ContainerPlace;
  readonly katibDatabaseManager: ContainerPlace;
  /** Names of the databases, which those who use them create where they are missing. */
  readonly databases: { readonly metadata: string };
}

/**
 * A program in a ConfigMap, and by purpose the places of it, each there once, where it must say more than it does: with
 * an object store outside the cluster, and where profiles have one of their own.
 */
export interface ProfileProgram {
  readonly id: string;
  readonly file: string;
  readonly changes: Readonly<
    Record<"outside" | "ownStores", readonly { readonly from: string; readonly to: string }[]>
  >;
}
