import { aws } from "./aws.ts";
import type { SimulatedCloud } from "./cloud.ts";
import { digitalocean } from "./digitalocean.ts";
import { gcp } from "./gcp.ts";
import { harbor } from "./harbor.ts";

/** The simulation of each cloud, and of Harbor. A new one is a file beside these, and an entry here. */
export const simulatedClouds: readonly SimulatedCloud[] = [aws, gcp, digitalocean, harbor];
