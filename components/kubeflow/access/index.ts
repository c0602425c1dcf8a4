import type { Adjustment } from "../plan.ts";
import { each } from "../plan.ts";
import { privileges181 } from "../releases/1.8.1/privileges.ts";
import { users181 } from "../releases/1.8.1/users.ts";
import { withConfinedTemplates, withLeastPrivilege } from "./containers.ts";
import { narrowedRoles } from "./roles.ts";

/** Every component with the permissions that its source uses, and every container, those of users' templates included, with the privileges that it needs. */
export function accessAdjustment(): Adjustment {
  const contained = each((object) => withConfinedTemplates(withLeastPrivilege(object, users181)));
  const narrowed = narrowedRoles(privileges181);
  return (objects) => narrowed(contained(objects));
}
