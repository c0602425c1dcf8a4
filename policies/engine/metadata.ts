import type { PolicyPackArgs } from "@pulumi/policy";
import { z } from "zod";
import { configurationSchema } from "../configuration.ts";
import type { Rule } from "../rule.ts";

type Policy = PolicyPackArgs["policies"][number];
type Metadata = Omit<Policy, "validateResource" | "validateStack">;

/** What the engine is told about a rule: its name, how severe it is, what it takes and where it comes from. */
export function metadataOf(rule: Rule): Metadata {
  const [framework] = rule.frameworks;
  return {
    name: rule.id,
    displayName: rule.title,
    description: rule.title,
    // What no configuration says otherwise is as strict as production.
    enforcementLevel: rule.levels.prod,
    severity: rule.severity,
    remediationSteps: rule.remediation,
    url: rule.url,
    tags: rule.frameworks.map(({ framework: name, id }) => `${name} ${id}`),
    ...(framework !== undefined && {
      framework: { name: framework.framework, version: "", reference: framework.id, specification: rule.why },
    }),
    configSchema: { properties: schemaProperties(rule) },
  };
}

function schemaProperties(rule: Rule): NonNullable<Metadata["configSchema"]>["properties"] {
  const schema = z.toJSONSchema(configurationSchema(rule), { target: "draft-7", io: "input" });
  return (schema.properties ?? {}) as NonNullable<Metadata["configSchema"]>["properties"];
}
