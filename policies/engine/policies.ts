import type { PolicyPackArgs } from "@pulumi/policy";
import { circumstancesOf, CIRCUMSTANCES_RULE } from "../exemptions/circumstances.ts";
import { ExemptionRegister } from "../exemptions/register.ts";
import type { Exemption } from "../exemptions/schema.ts";
import { Judge } from "../judge.ts";
import type { Rule } from "../rule.ts";
import { Member, type Pass } from "./member.ts";

type Policy = PolicyPackArgs["policies"][number];

/**
 * The rules as policies of the engine, each with its own name, level and configuration.
 *
 * `@pulumi/policy` goes through the policies once for every resource, and deserialises the resource again for every one
 * that it calls. That is most of what a pack costs. So the list has an iterator of its own: the first policy that is
 * called shows the resource, and of the others only those come up that have something to report. Were the list walked
 * in another way, every policy would still give the right answer, only later.
 */
export function policiesOf(rules: readonly Rule[], exemptions: readonly Exemption[]): Policy[] {
  const judge: Judge = new Judge(new ExemptionRegister(exemptions), () => circumstancesOf(teller.parameters));
  const teller = new Member(CIRCUMSTANCES_RULE, judge, true);
  const members = rules.map((rule) => (rule.id === CIRCUMSTANCES_RULE.id ? teller : new Member(rule, judge, false)));
  const list = members.map((member) => member.policy({}));
  return Object.assign(list, { [Symbol.iterator]: () => pass(members) });
}

function* pass(members: readonly Member[]): ArrayIterator<Policy> {
  const shared: Pass = {};
  for (const member of members) {
    if (shared.target !== undefined && member.isSilent(shared.target)) continue;
    yield member.policy(shared);
  }
}
