import { parseReference } from "../images/reference.ts";
import { movingTo, type Rewrite } from "../images/rewrite.ts";
import type { RegistryAccount } from "../images/settings.ts";
import type { Adjustment } from "../plan.ts";
import { authorityAdjustment, type RegistryClient } from "./authority.ts";
import { type OutsideCall, withoutOutsideCalls } from "./outside.ts";
import type { AirGapSettings } from "./settings.ts";

/** What is known of a release's own connections to the world outside its cluster. */
export interface ReleaseOutside {
  readonly registryClients: readonly RegistryClient[];
  readonly calls: readonly OutsideCall[];
}

/** Where every image comes from, undefined where they come from where they are published. */
export function rewriteFor(airGap: AirGapSettings | undefined): Rewrite | undefined {
  return airGap === undefined ? undefined : movingTo(airGap.registry);
}

/** Sign-ins of registries, the mirror's among them: its own wins over another one for the same host. */
export function accountsWith(
  airGap: AirGapSettings | undefined,
  registries: readonly RegistryAccount[],
): readonly RegistryAccount[] {
  if (airGap?.pullSecret === undefined) return registries;
  const { host } = parseReference(`${airGap.registry}/image`);
  const others = registries.filter(({ registry }) => registry !== host);
  return [...others, { registry: host, ...airGap.pullSecret }];
}

/** What an installation without a way out needs beside its images: trust in the mirror, and no calls to elsewhere. */
export function airGapAdjustments(airGap: AirGapSettings | undefined, outside: ReleaseOutside): Adjustment[] {
  if (airGap === undefined) return [];
  return [authorityAdjustment(airGap.ca, outside.registryClients), withoutOutsideCalls(outside.calls)];
}
