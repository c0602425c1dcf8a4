import type { Benchmark } from "../harness/benchmark.ts";
import { host } from "./host.ts";
import { install } from "./install.ts";
import { mirror } from "./mirror.ts";
import { policy } from "./policy.ts";
import { preview } from "./preview.ts";
import { profiles } from "./profiles.ts";
import { reach } from "./reach.ts";
import { state } from "./state.ts";

/** In the order of the document. */
export const benchmarks: readonly Benchmark[] = [install, host, state, preview, profiles, reach, policy, mirror];
