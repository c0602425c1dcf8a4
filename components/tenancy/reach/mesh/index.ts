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
  const forCalled = ({ namespace, labels }: Called): readonly Policy[] => {
    const everywhere =
      rootNamespace === undefined || rootNamespace === namespace ? [] : (policies.get(rootNamespace) ?? []);
    return [...everywhere, ...(policies.get(namespace) ?? [])].filter((policy) =>
      Object.entries(policy.labels).every(([key, value]) => labels[key] === value),
    );
  };
  return (called, request) => {
    const selecting = forCalled(called);
    const isMeantBy = ({ action, rules }: Policy) => rules.some((rule) => isMeant(rule, request, action));
    const [denying, allowing] = [ofAction(selecting, "DENY"), ofAction(selecting, "ALLOW")];
    return !denying.some(isMeantBy) && (allowing.length === 0 || allowing.some(isMeantBy));
  };
}

function ofAction(policies: readonly Policy[], wanted: Action): readonly Policy[] {
  return policies.filter(({ action }) => action === wanted);
}

function isMeant(rule: Rule, request: Request, action: Action): boolean {
  const isHttp = request.http !== undefined;
  const all = [...rule.sources.flat(), ...rule.operations.flat(), ...rule.conditions];
  // On a connection that is not HTTP, what only HTTP has spoils an allowance and is left out of a denial.
  if (!isHttp && action === "ALLOW" && all.some(({ field }) => field.isHttp)) return false;
  const isMet = (restriction: Restriction) =>
    (!isHttp && restriction.field.isHttp) || isChosen(restriction, restriction.field.of(request));
  const meetsOneOf = (list: Rule["sources"]) => list.length === 0 || list.some((one) => one.every(isMet));
  return meetsOneOf(rule.sources) && meetsOneOf(rule.operations) && rule.conditions.every(isMet);
}
