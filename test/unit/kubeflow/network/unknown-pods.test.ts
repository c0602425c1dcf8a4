import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { holdsAnyOf, PRIVATE_RANGES } from "../../../../components/kubeflow/network/blocks.ts";
import { ANY_LABELS, type PodEndpoint, reaches } from "../../../../components/kubeflow/network/reach.ts";

describe("a block of addresses", () => {
  it.each<[string, string[], string[], boolean]>([
    ["10.0.0.0/8", [], ["10.1.2.3"], true],
    ["10.0.0.0/8", [], ["11.0.0.0"], false],
    ["10.0.0.0/8", ["10.1.0.0/16"], ["10.1.2.3"], false],
    ["10.0.0.0/8", ["10.1.0.0/16"], ["10.1.0.0/15"], true],
    ["10.0.0.0/8", ["10.0.0.0/9", "10.128.0.0/9"], ["10.0.0.0/8"], false],
    ["10.0.0.0/8", ["10.0.0.0/9", "10.128.0.0/10"], ["10.0.0.0/8"], true],
    ["0.0.0.0/0", [], [...PRIVATE_RANGES], true],
    ["0.0.0.0/0", [...PRIVATE_RANGES.slice(0, 4)], [...PRIVATE_RANGES], false],
    ["0.0.0.0/0", [...PRIVATE_RANGES.slice(0, 3)], [...PRIVATE_RANGES], true],
    ["10.1.2.3/8", [], ["10.200.0.1"], true],
    ["::/0", [], ["10.0.0.1"], false],
    ["::/0", [], [...PRIVATE_RANGES], true],
    ["::/0", ["fc00::/7"], [...PRIVATE_RANGES], false],
    ["2001:db8::/32", [], ["2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"], true],
    ["2001:db8::/32", [], ["2001:db9::"], false],
    ["::ffff:10.0.0.0/104", [], ["::ffff:10.9.9.9"], true],
  ])("%s but for %j holds any of %j: %s", (cidr, except, ranges, expected) => {
    expect(holdsAnyOf({ cidr, except }, ranges)).toBe(expected);
  });
});

const policy = (spec: object, namespace = "n"): KubernetesObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "p", namespace },
  spec,
});
const pod = (labels: PodEndpoint["labels"], namespace = "n"): PodEndpoint => ({
  namespace,
  namespaceLabels: {},
  labels,
});
const tcp = { port: 80, protocol: "TCP" as const };

describe("pods whose labels their makers choose", () => {
  const any = pod(ANY_LABELS);
  const db = pod({ app: "db" });

  it("are let in where some labels would be, and isolated only by what isolates all", () => {
    const forFrontends = policy({
      podSelector: {},
      ingress: [{ from: [{ podSelector: { matchLabels: { app: "front" } } }] }],
    });
    expect(reaches([forFrontends], any, db, tcp)).toBe(true);
    expect(reaches([forFrontends], pod(ANY_LABELS, "m"), db, tcp)).toBe(false);
    const sealedByLabel = policy({ podSelector: { matchLabels: { app: "sealed" } }, policyTypes: ["Egress"] });
    expect(reaches([sealedByLabel], any, db, tcp)).toBe(true);
    expect(reaches([policy({ podSelector: {}, policyTypes: ["Egress"] })], any, db, tcp)).toBe(false);
    const outForFronts = policy({
      podSelector: { matchLabels: { app: "front" } },
      policyTypes: ["Egress"],
      egress: [{}],
    });
    expect(reaches([policy({ podSelector: {}, policyTypes: ["Egress"] }), outForFronts], any, db, tcp)).toBe(true);
  });

  it("may have any port under a name", () => {
    const named = policy({ podSelector: {}, ingress: [{ ports: [{ port: "web" }] }] });
    expect(reaches([named], db, any, tcp)).toBe(true);
    expect(reaches([named], db, db, tcp)).toBe(false);
  });

  it("with an address somewhere in ranges are in every block that holds some of them", () => {
    const out = (except: string[]) =>
      policy({
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except } }] }],
      });
    const target = { ...pod(ANY_LABELS, "m"), ranges: PRIVATE_RANGES };
    expect(reaches([out([])], db, target, tcp)).toBe(true);
    expect(reaches([out(["10.0.0.0/8"])], db, target, tcp)).toBe(true);
    expect(reaches([out([...PRIVATE_RANGES.slice(0, 4)])], db, target, tcp)).toBe(false);
  });

  it("are let through wherever a pod with known labels is", () => {
    const labels = fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("x", "y"), { noNullPrototype: true });
    const selector = fc.oneof(
      fc.record({ matchLabels: labels }),
      fc.constantFrom({}, { matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }),
    );
    const rules = fc.array(fc.record({ peers: fc.array(fc.record({ podSelector: selector }), { maxLength: 2 }) }), {
      maxLength: 2,
    });
    const policies = fc.array(
      fc
        .record({ podSelector: selector, rules, types: fc.subarray(["Ingress", "Egress"], { minLength: 1 }) })
        .map(({ podSelector, rules: all, types }) =>
          policy({
            podSelector,
            policyTypes: types,
            ingress: all.map(({ peers }) => ({ from: peers })),
            egress: all.map(({ peers }) => ({ to: peers })),
          }),
        ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(policies, labels, labels, (all, mine, yours) => {
        if (!reaches(all, pod(mine), pod(yours), tcp)) return;
        expect(reaches(all, any, pod(yours), tcp)).toBe(true);
        expect(reaches(all, pod(mine), any, tcp)).toBe(true);
      }),
    );
  });
});
