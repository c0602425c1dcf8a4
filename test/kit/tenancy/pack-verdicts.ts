import { dump } from "js-yaml";
import { readExample } from "../../../policies/examples.ts";
import { rules } from "../../../policies/rules/index.ts";
import { pinsOf } from "../../../policies/stack-configuration.ts";
import { findingsOf } from "../policy.ts";
import { GUARD_OPTIONS, type GuardCase } from "./guard-cases/index.ts";

/** The rule of the policy pack that asks for the same as a guard, by the guard's name. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  "memory-limit": "k8s-memory-limits",
  isolation: "k8s-pss-baseline",
  gpus: "ml-gpu-node-isolation",
  images: "k8s-image-registry-allowlist",
  transformers: "ml-transformers-version",
  "training-operator": "ml-training-operator-version",
  "language-models": "ml-kserve-min-replicas",
};

/** Guards of what only the API server sees: who asks, and addresses that Services take over. */
export const WITHOUT_COUNTERPART = ["services", "profiles-by-settings", "members-by-settings"];

/** What the settings of the guards are as parameters of the pack. */
const PARAMETERS: Readonly<Record<string, Record<string, unknown>>> = {
  ...pinsOf(GUARD_OPTIONS.tenancy),
  "k8s-image-registry-allowlist": {
    registries: [...(GUARD_OPTIONS.tenancy.imagesFrom ?? []), ...GUARD_OPTIONS.platformImages],
  },
};

/** What the pack's rule forbids in a case, beside what it only advises; undefined where it has no such rule. */
export function forbiddenByPack({ guard, request }: GuardCase): readonly string[] | undefined {
  const rule = rules.find(({ id }) => id === COUNTERPARTS[guard]);
  if (rule === undefined) return undefined;
  const advice = Object.keys(rule.checkLevels ?? {}).filter((check) => rule.checkLevels?.[check]?.prod === "advisory");
  return findingsOf(rule, readExample(dump(request.object)), PARAMETERS[rule.id])
    .filter(({ check }) => !advice.includes(check))
    .map(({ message, fix }) => `${message}: ${fix}`);
}
