import { z } from "zod";
import type { Resource } from "../../resource.ts";
import { type ContainerSubject, podTemplates, type PodTemplateSubject } from "../pod-templates.ts";
import type { Breach, Minor, PodSecurityCheck, PodSecurityLevel } from "./check.ts";
import { hostChecks } from "./host.ts";
import { privilegeChecks } from "./privileges.ts";
import { profileChecks } from "./profiles.ts";
import { volumeChecks } from "./volumes.ts";

export type { Breach, Minor, PodSecurityCheck, PodSecurityLevel } from "./check.ts";

/** The Pod Security Standards, check by check as upstream's admission has them. */
export const podSecurityChecks: readonly PodSecurityCheck[] = [
  ...hostChecks,
  ...privilegeChecks,
  ...profileChecks,
  ...volumeChecks,
];

export const OLDEST_VERSION: Minor = 31;
export const NEWEST_VERSION: Minor = 37;

/** The parameter `podSecurityVersion` of rules. */
export const podSecurityVersion = z
  .string()
  .regex(/^1\.3[1-7]$/, `must be a version from 1.${OLDEST_VERSION} to 1.${NEWEST_VERSION}`)
  .default(`1.${OLDEST_VERSION}`)
  .describe("Version of the Pod Security Standards, as the cluster's minor version");

/** 31 of "1.31". */
export function minorOf(version: string): Minor {
  return Number(version.split(".")[1]);
}

/** What a check is asked of: a pod, or one of its containers. */
export type Bearer = PodTemplateSubject | ContainerSubject;

/** The pods of a resource and their containers, each on its own. */
export function bearers(resource: Resource): Bearer[] {
  return podTemplates(resource).flatMap((template) => [template, ...template.containers]);
}

/** The checks that make up a level in a version. */
export function checksOf(level: PodSecurityLevel, version: Minor): PodSecurityCheck[] {
  const inForce = podSecurityChecks.filter(({ since = 0 }) => version >= since);
  if (level === "baseline") return inForce.filter((check) => check.level === "baseline");
  const overridden = inForce.flatMap(({ overrides }) => overrides ?? []);
  return inForce.filter(({ id }) => !overridden.includes(id));
}

/**
 * What a check of this id has against a pod or a container. Throws UnknownValue where that cannot be told, and nothing
 * where the version has no such check. Throws RangeError for an id that does not exist.
 */
export function breachesOf(id: string, bearer: Bearer, version: Minor): readonly Breach[] {
  const check = podSecurityChecks.find((candidate) => candidate.id === id);
  if (check === undefined) throw new RangeError(`there is no Pod Security check ${id}`);
  if (version < (check.since ?? 0)) return [];
  return "containers" in bearer ? (check.pod?.(bearer, version) ?? []) : (check.container?.(bearer, version) ?? []);
}
