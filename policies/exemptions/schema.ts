import { load, YAMLException } from "js-yaml";
import { z } from "zod";
import { UserError } from "../../components/kit/errors.ts";
import type { Rule } from "../rule.ts";
import { STACK_CLASSES } from "../rule.ts";

const text = z.string().min(1);

const match = z
  .strictObject({
    apiVersion: text.optional(),
    kind: text.describe("the kind of a Kubernetes object, or the type token of another resource"),
    namespace: text.optional(),
    /** `*` stands for any characters. */
    name: text.optional(),
    /** Of the program: the last part of the type token of a component that the resource belongs to (`Katib`). */
    component: text.optional(),
    container: text.optional(),
  })
  .refine(({ name, component }) => (name ?? "*") !== "*" || component !== undefined, {
    error: "name the objects (name, with * for a part of it) or their component: an exemption for all is none",
  });

const exemption = z.strictObject({
  id: z.string().regex(/^EX-\d{2,}$/, "must be EX- and a number of two digits or more"),
  policy: text,
  check: text.optional(),
  match,
  stacks: z.array(z.enum(STACK_CLASSES)).min(1),
  reason: z.string().min(20, "must say why, in 20 characters or more"),
  owner: text,
  ticket: text.optional(),
  /** Whose fault it is, and at which version that was last looked at. */
  upstream: z.strictObject({ component: text, version: text }),
  /** What it is about is there with some settings only, so that it need not be of use. */
  optional: z.boolean().optional(),
  expires: z.iso.date("must be a date such as 2026-12-31"),
  /** Of the offending values, as findings print them; any other value is reported again. */
  fingerprints: z
    .array(z.string().regex(/^[0-9a-f]{12}$/, "must be 12 hexadecimal digits"))
    .min(1)
    .optional(),
});

const file = z.strictObject({ exemptions: z.array(exemption) });

/** A finding that is known, has a reason and an owner, and is let through until a date. */
export type Exemption = z.infer<typeof exemption>;

/**
 * The exemptions of a file. Throws UserError listing everything that is wrong: what the schema does not allow, ids
 * that are given twice, and rules or checks that do not exist.
 */
export function readExemptions(
  content: string,
  rules: readonly Rule[],
  name = "policies/exemptions.yaml",
): Exemption[] {
  const result = file.safeParse(parse(content, name) ?? { exemptions: [] });
  const problems = result.success
    ? contradictions(result.data.exemptions, rules)
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  if (result.success && problems.length === 0) return result.data.exemptions;
  throw new UserError(`${name} does not fit:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
    next: "see docs/policies.md for what an exemption holds",
    exitCode: 2,
  });
}

function contradictions(exemptions: readonly Exemption[], rules: readonly Rule[]): string[] {
  const seen = new Set<string>();
  return exemptions.flatMap(({ id, policy, check }) => {
    const problems: string[] = [];
    if (seen.has(id)) problems.push(`${id}: is given twice`);
    seen.add(id);
    const rule = rules.find((candidate) => candidate.id === policy);
    if (rule === undefined) problems.push(`${id}.policy: there is no rule ${policy}`);
    else if (check !== undefined && !Object.hasOwn(rule.checks, check))
      problems.push(`${id}.check: ${policy} has ${Object.keys(rule.checks).join(", ")}, not ${check}`);
    return problems;
  });
}

function parse(content: string, name: string): unknown {
  if (content.trim() === "") return undefined;
  try {
    return load(content);
  } catch (error) {
    const reason = error instanceof YAMLException ? error.reason : String(error);
    throw new UserError(`${name} is not YAML: ${reason}`, { exitCode: 2, cause: error });
  }
}
