import { listAt, objectId } from "../../kit/objects.ts";
import { type Adjustment, each } from "../plan.ts";

/** Something that members of profiles may do as shipped, and that no use of the platform needs. */
export interface Withdrawal {
  /** Id of the role, as `objectId` writes it. */
  readonly role: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Id of a role that is given it in place of this one. */
  readonly keptBy?: string;
  /** What somebody could do with it to others. */
  readonly because: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The roles without what is withdrawn. */
export function withWithdrawals(withdrawals: readonly Withdrawal[]): Adjustment {
  return each((object) => {
    const id = objectId(object);
    const [lost, kept] = [
      withdrawals.filter(({ role }) => role === id),
      withdrawals.filter(({ keptBy }) => keptBy === id),
    ];
    if (lost.length + kept.length === 0) return object;
    const rules = lost.reduce(without, listAt(object, "rules") as readonly Rule[]);
    return { ...object, rules: [...rules, ...kept.map(ruleOf)] };
  });
}

function ruleOf({ groups, resources, verbs }: Withdrawal): Rule {
  return { apiGroups: groups, resources, verbs };
}

function without(rules: readonly Rule[], { groups, resources, verbs }: Withdrawal): readonly Rule[] {
  return rules.flatMap((rule) => {
    if (!rule.apiGroups.every((group) => groups.includes(group))) return [rule];
    const [meant, others] = [true, false].map((is) => rule.resources.filter((one) => resources.includes(one) === is));
    const remaining = rule.verbs.filter((verb) => !verbs.includes(verb));
    return [
      { ...rule, resources: others ?? [] },
      { ...rule, resources: meant ?? [], verbs: remaining },
    ].filter((part) => part.resources.length > 0 && part.verbs.length > 0);
  });
}
