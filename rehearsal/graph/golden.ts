import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { CloudName } from "../../components/cluster/contract.ts";
import { systemErrorCode } from "../../components/kit/errors.ts";
import { type Environment, environments } from "../../components/settings/environments.ts";
import type { Json } from "../host/index.ts";
import { previewStack } from "../preview/preview.ts";
import { differences } from "./difference.ts";
import { type Graph, graphOf } from "./graph.ts";

/** A stack on a cloud whose graph is committed. */
export interface GoldenCase {
  readonly environment: Environment;
  readonly cloud: CloudName;
}

const CLOUDS = ["aws", "gcp", "digitalocean"] as const satisfies readonly CloudName[];

/** Every stack on every cloud that makes a cluster. */
export const GOLDEN_CASES: readonly GoldenCase[] = (Object.keys(environments) as Environment[]).flatMap((environment) =>
  CLOUDS.map((cloud) => ({ environment, cloud })),
);

/** The graph as the program makes it now. */
export async function currentGraph(golden: GoldenCase, signal?: AbortSignal): Promise<Graph> {
  const { resources, outputs } = await previewStack({ ...golden, ...(signal === undefined ? {} : { signal }) });
  return graphOf(resources, outputs);
}

/** What differs between the committed graph and the current one, a line each. */
export async function differencesFrom(golden: GoldenCase, graph: Graph): Promise<string[]> {
  return differences(await committed(golden), graph as unknown as Json);
}

export async function commitGraph(golden: GoldenCase, graph: Graph): Promise<void> {
  await writeFile(fileOf(golden), `${JSON.stringify(graph, undefined, 2)}\n`);
}

async function committed(golden: GoldenCase): Promise<Json> {
  try {
    return JSON.parse(await readFile(fileOf(golden), "utf8")) as Json;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return {};
    throw error;
  }
}

function fileOf({ environment, cloud }: GoldenCase): string {
  return fileURLToPath(new URL(`../../test/graph/${environment}-${cloud}.json`, import.meta.url));
}
