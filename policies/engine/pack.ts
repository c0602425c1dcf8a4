import type { PolicyPackArgs, PolicyPackConfig } from "@pulumi/policy";
import { entryFor } from "../configuration.ts";
import { readExemptions } from "../exemptions/schema.ts";
import { rules } from "../rules/index.ts";
import { policiesOf } from "./policies.ts";

export interface Pack {
  readonly name: string;
  readonly args: PolicyPackArgs;
  readonly initialConfig: PolicyPackConfig;
}

/**
 * The policy pack, as strict as for production where no configuration says otherwise. `exemptions` is the text of their
 * file; throws UserError where it does not fit.
 */
export function packOf(exemptions: string): Pack {
  return {
    name: "kubeflow",
    args: {
      policies: policiesOf(rules, readExemptions(exemptions, rules)),
      enforcementLevel: "mandatory",
      displayName: "Kubeflow",
      tags: ["kubeflow"],
    },
    initialConfig: Object.fromEntries(rules.map((rule) => [rule.id, entryFor(rule, "prod")])),
  };
}
