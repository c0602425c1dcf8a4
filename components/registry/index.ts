import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/contract.ts";
import { defined } from "../kit/defined.ts";
import { knownValue } from "./known.ts";
import { rewriteFor } from "../kubeflow/air-gap/index.ts";
import { parseReference } from "../kubeflow/images/reference.ts";
import { imagesOf } from "../kubeflow/images/uses.ts";
import { releases } from "../kubeflow/releases/index.ts";
import { objectsOf } from "../mirror/list/program.ts";
import { requireMirror } from "../mirror/cluster/required.ts";
import type { Settings } from "../settings/parse.ts";
import { registrySecretsFrom } from "./distribution/secrets.ts";
import { requireAdministrator } from "./harbor/administrator.ts";
import { robotOf } from "./harbor/robots.ts";
import { isMadeHere, managedRegistryOf } from "./kinds.ts";

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
  /** Without which nothing can be pushed to it. */
  readonly parts: readonly pulumi.Resource[];
  /** The record that leads its name to it, for whoever has to make that; undefined where the name is a cloud's own. */
  readonly dnsRecord?: pulumi.Output<string> | undefined;
  /** What pushes to it sign in with, `user:password`, a secret; undefined where no account was asked for. */
  readonly pushSignIn?: pulumi.Output<string> | undefined;
}

/**
 * Ends a run before anything is made where the registry would stand in the cluster that it feeds, where nobody may make
 * it in Harbor or, with `airGap.verify`, where it lacks an image; one that the program makes is asked by {@link requireFilled}. Throws UserError.
 */
export async function requireRegistry(settings: Settings): Promise<void> {
  if (settings.airGap?.distribution !== undefined) {
    await (await import("./distribution/elsewhere.ts")).requireElsewhere(settings);
  }
  const harbor = settings.airGap?.harbor;
  if (harbor !== undefined && !pulumi.runtime.isDryRun()) requireAdministrator(harbor, process.env);
  if (!isMadeHere(settings.airGap)) await requireMirror(settings);
}

/**
 * With `airGap.verify`: waits until a registry is there that the program makes, and ends the run before anything of the
 * platform is applied where it lacks an image; a preview says how it is filled. Throws UserError.
 */
export async function requireFilled(settings: Settings, made: CreatedRegistry | undefined): Promise<void> {
  const { airGap } = settings;
  if (airGap?.verify !== true || made === undefined) return;
  if (pulumi.runtime.isDryRun()) {
    const { registry } = airGap;
    await pulumi.log.info(
      `airGap.verify: ${registry} is made by this stack and empty at first: npm run up -- ${pulumi.getStack()} --registry makes it alone, npm run mirror -- push <folder> --to ${registry} fills it; a run that finds it without an image applies nothing of the platform`,
    );
    return;
  }
  await Promise.all(made.parts.map(({ urn }) => knownValue(urn)));
  await requireMirror(settings, { dnsRecord: await knownValue(made.dnsRecord) });
}

/**
 * The registry that `airGap.registry` names, made by this program where `airGap` says so: `create`, `distribution` or
 * `harbor`; undefined elsewhere. It is beside the cluster: nothing of one depends on the other but the permission to pull, and it is
 * made without one where none is given. Throws UserError where it would stand in a cluster that the program makes.
 */
export async function createRegistry(
  name: string,
  settings: Settings & { readonly secret: string },
  cluster: Pick<Cluster, "nodeIdentity" | "kubeconfig"> = {},
): Promise<CreatedRegistry | undefined> {
  const { airGap, environment } = settings;
  if (airGap?.distribution !== undefined) return createDistribution(name, settings, cluster);
  if (airGap?.harbor !== undefined) return createHarbor(name, settings);
  const registry = airGap?.create === true ? managedRegistryOf(airGap.registry) : undefined;
  const args = {
    environment,
    paths: registry?.kind === "ecr" ? await repositoriesIn(settings) : [],
    ...defined({ nodes: cluster.nodeIdentity, region: settings.cluster.region }),
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

async function createDistribution(
  name: string,
  { airGap, environment, secret }: Settings & { readonly secret: string },
  cluster: Pick<Cluster, "kubeconfig">,
): Promise<CreatedRegistry | undefined> {
  const { registry, distribution, pullSecret } = airGap ?? {};
  // The settings are refused that have one without the others.
  if (registry === undefined || distribution === undefined || pullSecret === undefined) return undefined;
  await (await import("./distribution/elsewhere.ts")).requireElsewhereThan(cluster, distribution);
  const { Distribution } = await import("./distribution/index.ts");
  const secrets = registrySecretsFrom(secret, pullSecret);
  return new Distribution(name, { registry, settings: distribution, secrets, environment });
}

async function createHarbor(
  name: string,
  { airGap, environment, secret, rotation }: Settings & { readonly secret: string },
): Promise<CreatedRegistry | undefined> {
  const { registry, harbor, pullSecret } = airGap ?? {};
  if (registry === undefined || harbor === undefined || pullSecret === undefined) return undefined;
  const { Harbor } = await import("./harbor/index.ts");
  const push = harbor.pushRobot ? robotOf("push", { registry, harbor }, secret, rotation) : undefined;
  return new Harbor(name, { registry, settings: harbor, robots: defined({ pull: pullSecret, push }), environment });
}

/** The repositories in the settings' registry of everything that is pulled, compiled-in images included. */
async function repositoriesIn(settings: Settings): Promise<string[]> {
  const { airGap, release } = settings;
  const rewrite = rewriteFor(airGap);
  if (rewrite === undefined) return [];
  const uses = imagesOf(await objectsOf(settings), releases[release.version].images.places).filter(
    ({ isWhole }) => isWhole,
  );
  return [...new Set(uses.map(({ reference }) => rewrite(parseReference(reference)).path))].toSorted();
}
