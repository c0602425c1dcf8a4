import { UserError } from "../components/kit/errors.ts";
import { OF_REGISTRY, REGISTRY_ALONE } from "../components/registry/alone.ts";
import { isMadeHere } from "../components/registry/kinds.ts";
import type { Settings } from "../components/settings/parse.ts";
import type { StackResource } from "./stack-resources.ts";

/**
 * The environment of a run that makes the registry of a stack and nothing else. Throws UserError where the stack makes
 * none, or holds more already: what a run leaves out of a stack, it deletes.
 */
export function registryAloneIn(
  stack: string,
  { airGap }: Pick<Settings, "airGap">,
  stored: readonly StackResource[],
): Readonly<Record<string, string>> {
  if (!isMadeHere(airGap)) {
    throw new UserError(`--registry: the stack ${stack} makes no registry`, {
      next: "set airGap.create, airGap.distribution or airGap.harbor (docs/air-gapped.md), or leave --registry out",
      exitCode: 2,
    });
  }
  if (stored.some(isMore)) {
    throw new UserError(`--registry: the stack ${stack} holds more than its registry already`, {
      next: `npm run up -- ${stack}: it makes what the registry lacks, and with airGap.verify applies nothing of the platform while images are missing`,
      exitCode: 2,
    });
  }
  return { [REGISTRY_ALONE]: stack };
}

function isMore({ urn, type }: StackResource): boolean {
  return type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:") && !OF_REGISTRY.test(urn);
}
