import type { Adjustment } from "../plan.ts";
import { each } from "../plan.ts";
import { withConfinedTemplates, withLeastPrivilege } from "./containers.ts";
import type { PrivilegeTable } from "./privileges.ts";
import { narrowedRoles } from "./roles.ts";
import type { UserTable } from "./users.ts";
import { type Withdrawal, withWithdrawals } from "./withdrawals.ts";

/** What a release gives to its components, its members and its containers, and what they need of it. */
export interface ReleaseAccess {
  readonly privileges: PrivilegeTable;
  readonly withdrawals: readonly Withdrawal[];
  readonly users: UserTable;
}

/**
 * Every component with the permissions that its source uses, every member of a profile with those that stay within it,
 * and every container, those of users' templates included, with the privileges that it needs.
 */
export function accessAdjustment({ privileges, withdrawals, users }: ReleaseAccess): Adjustment {
  const contained = each((object) => withConfinedTemplates(withLeastPrivilege(object, users)));
  const narrowed = narrowedRoles(privileges);
  const confined = withWithdrawals(withdrawals);
  return (objects) => confined(narrowed(contained(objects)));
}
