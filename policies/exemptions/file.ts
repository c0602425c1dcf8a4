import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Rule } from "../rule.ts";
import { type Exemption, readExemptions } from "./schema.ts";

const FILE = fileURLToPath(new URL("../exemptions.yaml", import.meta.url));

/** The exemptions of this project. Throws UserError where they do not fit. */
export async function loadExemptions(rules: readonly Rule[]): Promise<Exemption[]> {
  return readExemptions(await readFile(FILE, "utf8"), rules);
}
