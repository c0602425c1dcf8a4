import { ofNetwork } from "./network.ts";
import { ofPlatform } from "./platform.ts";
import { ofPods } from "./pods.ts";
import { ofProfiles } from "./profiles.ts";
import type { Threat } from "./threat.ts";

export { threatsOfViewers } from "./viewers.ts";

/** What everybody who works in a profile is refused. */
export const threats: readonly Threat[] = [...ofProfiles, ...ofNetwork, ...ofPods, ...ofPlatform];
