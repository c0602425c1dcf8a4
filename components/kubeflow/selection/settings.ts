import { z } from "zod";
import { type ComponentTable, completed, conflictsIn } from "./components.ts";

/** `components`: each optional component of a release on or off. What needs another one that is off is an error. */
export function componentsSettings(table: ComponentTable) {
  const shape = Object.fromEntries(
    Object.keys(table).map((name) => [name, z.boolean().describe("true or false").optional()]),
  );
  return z.strictObject(shape).superRefine((named, context) => {
    for (const { off, neededBy, because, dependents } of conflictsIn(table, completed(table, named))) {
      const settings = dependents.map((name) => `components.${name}`).join(" and ");
      const message = `true, as ${neededBy} needs it: ${because}; or set ${settings} to false`;
      context.addIssue({ code: "custom", path: [off], message });
    }
  });
}
