import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { configurationFile, configurationOf } from "./configuration-file.ts";
import { STACK_CLASSES } from "./rule.ts";
import { rules } from "./rules/index.ts";
import { handbook } from "./handbook.ts";

const HANDBOOK = fileURLToPath(new URL("../docs/policies.md", import.meta.url));

/** What the rules' metadata says, as files: the pack's configurations and docs/policies.md. By path. */
export async function generated(): Promise<ReadonlyMap<string, string>> {
  const configurations = STACK_CLASSES.map(async (stackClass): Promise<[string, string]> => {
    const text = JSON.stringify(configurationOf(rules, stackClass));
    return [configurationFile(stackClass), await format(text, { parser: "json", printWidth: 120 })];
  });
  const text = await format(handbook(rules), { parser: "markdown", printWidth: 120 });
  return new Map([...(await Promise.all(configurations)), [HANDBOOK, text]]);
}

/** Writes them. Returns their paths. */
export async function generate(): Promise<string[]> {
  const files = await generated();
  for (const [file, content] of files) await writeFile(file, content);
  return [...files.keys()];
}
