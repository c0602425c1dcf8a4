import { listAt, textAt } from "../../kit/objects.ts";
import { type Guard, quoted } from "./guard.ts";
import { namesOf, podsOfProfiles } from "./pods.ts";

const FIX =
  "has no memory limit and could take its node down: set resources.limits.memory, and four fifths of it as request";

/** Every container has a memory limit. Where a LimitRange gives one, this never speaks. */
export const memoryLimit: Guard = {
  ...podsOfProfiles,
  name: "memory-limit",
  variables: {
    // Ephemeral containers may have none.
    sized: "object.spec.containers + (has(object.spec.initContainers) ? object.spec.initContainers : [])",
    unlimited:
      "variables.sized.filter(c, !has(c.resources) || !has(c.resources.limits) || !('memory' in c.resources.limits)).map(c, c.name)",
  },
  validations: [
    {
      expression: "variables.unlimited.size() == 0",
      message: `'container ' + variables.unlimited.join(', ') + ${quoted(` ${FIX}`)}`,
    },
  ],
  judge: ({ object }) => {
    const sized = [...listAt(object, "spec", "containers"), ...listAt(object, "spec", "initContainers")];
    const unlimited = namesOf(sized, (one) => textAt(one, "resources", "limits", "memory") === undefined);
    return unlimited === "" ? [] : [`container ${unlimited} ${FIX}`];
  },
};
