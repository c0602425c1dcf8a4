import { z } from "zod";
import type { Step } from "../../reading.ts";
import type { KubernetesSubject, Resource } from "../../resource.ts";
import type { Check, Remediation } from "../../rule.ts";
import { isKnownToBeSo } from "../decide.ts";
import { isOfItsOwn } from "../ownership.ts";
import { type ContainerSubject, containers } from "../pod-templates.ts";
import { type Bearer, bearers, breachesOf, minorOf, podSecurityVersion } from "./index.ts";

/** Levels in their order: what meets one meets those before it. */
export const POD_SECURITY_LEVELS = ["privileged", "baseline", "restricted"] as const;
type Ceiling = (typeof POD_SECURITY_LEVELS)[number];

/** What works on the nodes themselves: that is what they are for. */
const NODE_AGENTS = [
  "kube-system/istio-cni-node",
  "kube-system/kubeflow-kernel-modules",
  "kube-system/kubeflow-registry-authority",
  "kube-system/nvidia-device-plugin",
];

/** The parameters of every rule about Pod Security. */
export const podSecurityParameters = z.strictObject({
  podSecurityVersion,
  nsLevel: z
    .record(z.string(), z.enum(POD_SECURITY_LEVELS))
    .default(Object.fromEntries(NODE_AGENTS.map((workload) => [workload, "privileged" as const])))
    .describe(
      "The level that is asked of a namespace, or of one workload in it (namespace/name), where that is not restricted",
    ),
});

type Parameters = z.infer<typeof podSecurityParameters>;

/** The pods and containers of which a level is asked. */
export function podSecuritySubjects(level: "baseline" | "restricted") {
  return (resource: Resource, { nsLevel }: Parameters): Bearer[] =>
    bearers(resource).filter(({ object }) => isAsked(level, object, nsLevel));
}

/** A check of a rule, from the check of the standard of this id. */
export function podSecurityCheck(id: string): Check<Bearer, Parameters> {
  return (bearer, { parameters }) =>
    breachesOf(id, bearer, minorOf(parameters.podSecurityVersion)).map(({ path, message, subject }) => ({
      message: `${bearer.name} ${message}`,
      path,
      ...(subject !== undefined && { subject }),
    }));
}

/** What must be written into the containers of a resource that do not meet a check: for manifests, not for texts. */
export function* podSecurityRemediation(
  id: string,
  resource: Resource,
  { podSecurityVersion: version, nsLevel }: Parameters,
  { path, value, unless }: { path: readonly Step[]; value: unknown; unless?: (container: ContainerSubject) => boolean },
): Iterable<Remediation> {
  for (const container of containers(resource)) {
    if (!isOfItsOwn(container.object) || !isAsked("restricted", container.object, nsLevel)) continue;
    // What is unknown is left to the check, which reports it.
    const isBroken = () => breachesOf(id, container, minorOf(version)).length > 0 && unless?.(container) !== true;
    if (isKnownToBeSo(isBroken)) yield { path: [...container.path, ...path], value };
  }
}

/** What is absent from a patch may well stand in the object that it changes. */
export function isWhole({ object }: Bearer): boolean {
  return !object.isPatch;
}

function isAsked(level: Ceiling, { namespace, objectName }: KubernetesSubject, levels: Parameters["nsLevel"]): boolean {
  const key = [`${namespace}/${objectName}`, namespace ?? ""].find((name) => Object.hasOwn(levels, name));
  const ceiling = (key === undefined ? undefined : levels[key]) ?? "restricted";
  return POD_SECURITY_LEVELS.indexOf(level) <= POD_SECURITY_LEVELS.indexOf(ceiling);
}
