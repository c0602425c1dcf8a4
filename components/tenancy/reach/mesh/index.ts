import { groupKind, type KubernetesObject } from "../../../kit/objects.ts";
import { type Action, type Policy, policyOf, type Restriction, type Rule } from "./policy.ts";
import type { Called, Request } from "./request.ts";
import { isChosen } from "./values.ts";

export type { Called, HttpRequest, Request } from "./request.ts";
export { principalOf } from "./request.ts";

const KIND = "AuthorizationPolicy.security.istio.io";

/** Whether the sidecar of the called pods lets a request in. Pods without a sidecar ask nobody. */
export type Admits = (called: Called, request: Request) => boolean;

/**
 * AuthorizationPolicies as Istio judges by them: what one denies is refused; where policies allow anything at all, what
 * none of them allows is refused as well. Those of the root namespace hold in every namespace. Throws UserError for
 * what is not understood: custom actions, addresses, tokens.
 */
export function admittedBy(objects: readonly KubernetesObject[], rootNamespace: string | undefined): Admits {
  const policies = Map.groupBy(
    objects.filter((object) => groupKind(object) === KIND).map(policyOf),
    ({ namespace }) => namespace,
  );
  const selecting = ({ namespace, labels }: Called): readonly Policy[] => {
    const everywhere =
      rootNamespace === undefined || rootNamespace === namespace ? [] : (policies.get(rootNamespace) ?? []);
    return [...everywhere, ...(policies.get(namespace) ?? [])].filter((policy) =>
      Object.entries(policy.labels).every(([key, value]) => labels[key] === value),
    );
  };
  const known = new WeakMap<Called, Partial<Record<Action, readonly Policy[]>>>();
  const byAction = (called: Called) => {
    const found = known.get(called) ?? Object.groupBy(selecting(called), ({ action }) => action);
    known.set(called, found);
    return found;
  };
  return (called, request) => {
    const { DENY = [], ALLOW = [] } = byAction(called);
    const isMeantBy = ({ action, rules }: Policy) => rules.some((rule) => isMeant(rule, request, action));
    return !DENY.some(isMeantBy) && (ALLOW.length === 0 || ALLOW.some(isMeantBy));
  };
}

function isMeant(rule: Rule, request: Request, action: Action): boolean {
  const isHttp = request.http !== undefined;
  // On a connection that is not HTTP, what only HTTP has spoils an allowance and is left out of a denial.
  if (!isHttp && action === "ALLOW" && rule.isAboutHttp) return false;
  const isMet = (restriction: Restriction) =>
    (!isHttp && restriction.field.isHttp) || isChosen(restriction, restriction.field.of(request));
  const meetsOneOf = (list: Rule["sources"]) => list.length === 0 || list.some((one) => one.every(isMet));
  return meetsOneOf(rule.sources) && meetsOneOf(rule.operations) && rule.conditions.every(isMet);
}
