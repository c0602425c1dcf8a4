import type { KubernetesObject } from "../../../components/kit/objects.ts";
import { publicCredentials } from "./credentials.ts";
import { plainGateways } from "./gateways.ts";
import { goneReferences } from "./images.ts";
import { unlimitedContainers } from "./memory.ts";
import { openNamespaces } from "./namespaces.ts";

/** What no cluster that the platform is installed on may hold; each check says what it found and where. */
export const MUST_NOT_BE = {
  "references to images that are gone": goneReferences,
  "public credentials": publicCredentials,
  "containers without a memory limit": unlimitedContainers,
  "gateways in plain HTTP that the outside reaches": plainGateways,
  "namespaces without default deny": openNamespaces,
} as const satisfies Record<string, (objects: readonly KubernetesObject[]) => string[]>;

/** By check, what a whole cluster holds that must not be. */
export function violationsIn(objects: readonly KubernetesObject[]): Record<keyof typeof MUST_NOT_BE, string[]> {
  const found = Object.entries(MUST_NOT_BE).map(([name, check]) => [name, check(objects)]);
  return Object.fromEntries(found) as Record<keyof typeof MUST_NOT_BE, string[]>;
}

/** What a cluster without fault has. */
export const NO_VIOLATIONS = Object.fromEntries(Object.keys(MUST_NOT_BE).map((name) => [name, []]));
