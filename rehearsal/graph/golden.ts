import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { CloudName } from "../../components/cluster/contract.ts";
import { systemErrorCode } from "../../components/kit/errors.ts";
import { type Environment, environments } from "../../components/settings/environments.ts";
import type { Json } from "../host/index.ts";
import { previewStack } from "../preview/preview.ts";
import { differences } from "./difference.ts";
import type { StackOptions } from "../stack.ts";
import { type Graph, graphOf } from "./graph.ts";

/** A stack on a cloud whose graph is committed. */
export interface GoldenCase {
  readonly environment: Environment;
  readonly cloud: CloudName;
}

/** A stack whose graph is committed beside those. */
export interface GoldenSite {
  readonly environment: Environment;
  readonly cloud: CloudName;
  /** Its name, and that of its stack file in test/graph. */
  readonly site: string;
}

type Golden = GoldenCase | GoldenSite;

const CLOUDS = ["aws", "gcp", "digitalocean"] as const satisfies readonly CloudName[];

/** Every stack on every cloud that makes a cluster. */
export const GOLDEN_CASES: readonly GoldenCase[] = (Object.keys(environments) as Environment[]).flatMap((environment) =>
  CLOUDS.map((cloud) => ({ environment, cloud })),
);

/** A site that pulls from a project of Harbor that the program makes. */
export const GOLDEN_SITE: GoldenSite = { environment: "prod", cloud: "existing", site: "harbor" };

/** `prod-aws` */
export function nameOf(golden: Golden): string {
  return [golden.environment, "site" in golden ? golden.site : golden.cloud].join("-");
}

export function stackOptionsOf(golden: Golden): StackOptions {
  const { environment, cloud } = golden;
  return { environment, cloud, ...("site" in golden && { configFile: fileOf(golden, "yaml") }) };
}

/** The graph as the program makes it now. */
export async function currentGraph(golden: Golden, signal?: AbortSignal): Promise<Graph> {
  const options = stackOptionsOf(golden);
  const { resources, outputs } = await previewStack({ ...options, ...(signal === undefined ? {} : { signal }) });
  return graphOf(resources, outputs);
}

/** What differs between the committed graph and the current one, a line each. */
export async function differencesFrom(golden: Golden, graph: Graph): Promise<string[]> {
  return differences(await committed(golden), graph as unknown as Json);
}

export async function commitGraph(golden: Golden, graph: Graph): Promise<void> {
  await writeFile(fileOf(golden), `${JSON.stringify(graph, undefined, 2)}\n`);
}

async function committed(golden: Golden): Promise<Json> {
  try {
    return JSON.parse(await readFile(fileOf(golden), "utf8")) as Json;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return {};
    throw error;
  }
}

function fileOf(golden: Golden, ending: "json" | "yaml" = "json"): string {
  return fileURLToPath(new URL(`../../test/graph/${nameOf(golden)}.${ending}`, import.meta.url));
}
