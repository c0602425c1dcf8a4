import type { Live } from "../live.ts";
import type { Made } from "../made.ts";
import { helpers, trainingJobs } from "./controllers.ts";
import { experiments } from "./katib.ts";
import { models } from "./models.ts";
import { notebooks } from "./notebooks.ts";
import { pipelineRuns, profileServers } from "./pipelines.ts";
import { pipelineViewers, tensorboards, volumeViewers } from "./viewers.ts";

const KINDS = [
  profileServers,
  notebooks,
  volumeViewers,
  tensorboards,
  pipelineRuns,
  pipelineViewers,
  experiments,
  trainingJobs,
  models,
  helpers,
] as const;

/**
 * One of everything that users of a platform make whose controllers start pods, with the images that these controllers
 * find in the cluster: in ConfigMaps, environments and flags, read as they read them.
 */
export async function everythingMade(live: Live, namespace: string): Promise<Made[]> {
  return (await Promise.all(KINDS.map((kind) => kind(live, namespace)))).flat();
}
