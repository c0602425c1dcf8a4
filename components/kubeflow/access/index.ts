import type { Adjustment } from "../plan.ts";
import { each } from "../plan.ts";
import { privileges181 } from "../releases/1.8.1/privileges.ts";
import { users181 } from "../releases/1.8.1/users.ts";
import { withdrawals181 } from "../releases/1.8.1/withdrawals.ts";
import { withConfinedTemplates, withLeastPrivilege } from "./containers.ts";
import { narrowedRoles } from "./roles.ts";
import { withWithdrawals } from "./withdrawals.ts";

/**
 * Every component with the permissions that its source uses, every member of a profile with those that stay within it,
 * and every container, those of users' templates included, with the privileges that it needs.
 */
export function accessAdjustment(): Adjustment {
  const contained = each((object) => withConfinedTemplates(withLeastPrivilege(object, users181)));
  const narrowed = narrowedRoles(privileges181);
  const confined = withWithdrawals(withdrawals181);
  return (objects) => confined(narrowed(contained(objects)));
}
