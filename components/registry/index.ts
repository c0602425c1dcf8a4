import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/contract.ts";
import type { KubernetesObject } from "../kit/objects.ts";
import { rewriteFor } from "../kubeflow/air-gap/index.ts";
import type { ImagePlaces } from "../kubeflow/images/places.ts";
import { parseReference } from "../kubeflow/images/reference.ts";
import { imagesOf } from "../kubeflow/images/uses.ts";
import type { Settings } from "../settings/parse.ts";
import { managedRegistryOf } from "./kinds.ts";

/** What a registry is made for. */
export interface RegistryArgs {
  readonly environment: Settings["environment"];
  /** Repositories within the registry that are pushed to, sorted. */
  readonly paths: readonly string[];
  /** Who pulls, as the cloud's IAM names it; undefined: by what nodes have anyway, or by a sign-in. */
  readonly nodes?: pulumi.Input<string>;
  /** Of the cluster. */
  readonly region?: string;
}

/**
 * The registry that `airGap.registry` names, made by this program where `airGap.create` says so; undefined elsewhere. It
 * is beside the cluster: nothing of one depends on the other but the permission to pull.
 */
export async function createRegistry(
  name: string,
  { airGap, environment, cluster: { region } }: Settings,
  { nodeIdentity: nodes }: Pick<Cluster, "nodeIdentity">,
  paths: readonly string[],
): Promise<pulumi.ComponentResource | undefined> {
  const registry = airGap?.create === true ? managedRegistryOf(airGap.registry) : undefined;
  const args = {
    environment,
    paths,
    ...(nodes === undefined ? {} : { nodes }),
    ...(region === undefined ? {} : { region }),
  };
  switch (registry?.kind) {
    case "ecr":
      return new (await import("./ecr.ts")).EcrRegistry(name, registry, args);
    case "artifact-registry":
      return new (await import("./artifact-registry.ts")).ArtifactRegistry(name, registry, args);
    case "docr":
      return new (await import("./docr.ts")).DocrRegistry(name, registry, args);
    case undefined:
      return undefined;
  }
}

/** The repositories in the settings' registry of everything that these objects pull, compiled-in images included. */
export function repositoriesIn(
  airGap: Settings["airGap"],
  objects: readonly KubernetesObject[],
  places: ImagePlaces,
): string[] {
  const rewrite = rewriteFor(airGap);
  if (rewrite === undefined) return [];
  const uses = imagesOf(objects, places).filter(({ isWhole }) => isWhole);
  return [...new Set(uses.map(({ reference }) => rewrite(parseReference(reference)).path))].toSorted();
}
