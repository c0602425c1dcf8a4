import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { mutants } from "../../full/policies/mutants/index.ts";

const PROJECT = new URL("../../../", import.meta.url);

/** What the program says where a mutant, which is tried elsewhere, says something else. */
it.each(mutants.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit }))))(
  "$name: what it changes stands in $file once",
  ({ file, from }) => {
    expect(readFileSync(fileURLToPath(new URL(file, PROJECT)), "utf8").split(from)).toHaveLength(2);
  },
);
