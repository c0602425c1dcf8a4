import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/contract.ts";
import type { KubernetesObject } from "../kit/objects.ts";
import { rewriteFor } from "../kubeflow/air-gap/index.ts";
import type { ImagePlaces } from "../kubeflow/images/places.ts";
import { parseReference } from "../kubeflow/images/reference.ts";
import { imagesOf } from "../kubeflow/images/uses.ts";
import type { Settings } from "../settings/parse.ts";
import { registrySecretsFrom } from "./distribution/secrets.ts";
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

export interface CreatedRegistry extends pulumi.ComponentResource {
  /** The record that leads its name to it, for whoever has to make that; undefined where the name is a cloud's own. */
  readonly dnsRecord?: pulumi.Output<string> | undefined;
}

/**
 * The registry that `airGap.registry` names, made by this program where `airGap.create` or `airGap.distribution` says so;
 * undefined elsewhere. It is beside the cluster: nothing of one depends on the other but the permission to pull.
 */
export async function createRegistry(
  name: string,
  { airGap, environment, secret, cluster: { region } }: Settings & { readonly secret: string },
  cluster: Pick<Cluster, "nodeIdentity" | "kubeconfig">,
  paths: readonly string[],
): Promise<CreatedRegistry | undefined> {
  if (airGap?.distribution !== undefined && airGap.pullSecret !== undefined) {
    (await import("./distribution/elsewhere.ts")).requireElsewhereThan(cluster, airGap.distribution);
    const { Distribution } = await import("./distribution/index.ts");
    const { registry, distribution, pullSecret } = airGap;
    const secrets = registrySecretsFrom(secret, pullSecret);
    return new Distribution(name, { registry, settings: distribution, secrets, environment });
  }
  const { nodeIdentity: nodes } = cluster;
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

/** Ends a run before anything is made where the registry would be in the cluster that it feeds. Throws UserError. */
export async function requireRegistryElsewhere(settings: Settings): Promise<void> {
  if (settings.airGap?.distribution === undefined) return;
  await (await import("./distribution/elsewhere.ts")).requireElsewhere(settings);
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
