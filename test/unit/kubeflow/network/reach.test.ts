import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { type Endpoint, type PodEndpoint, reaches } from "../../../../components/kubeflow/network/reach.ts";

function policy(spec: object, namespace = "default"): KubernetesObject {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "p", namespace }, spec };
}

function pod(
  labels: Record<string, string>,
  namespace = "default",
  more: Partial<PodEndpoint> = {},
): PodEndpoint & { readonly address?: string } {
  return { namespace, namespaceLabels: { "kubernetes.io/metadata.name": namespace }, labels, ...more };
}

const tcp = (port: number) => ({ port, protocol: "TCP" as const });
const udp = (port: number) => ({ port, protocol: "UDP" as const });

describe("the example of the Kubernetes documentation", () => {
  const example = [
    policy({
      podSelector: { matchLabels: { role: "db" } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            { ipBlock: { cidr: "172.17.0.0/16", except: ["172.17.1.0/24"] } },
            { namespaceSelector: { matchLabels: { project: "myproject" } } },
            { podSelector: { matchLabels: { role: "frontend" } } },
          ],
          ports: [{ protocol: "TCP", port: 6379 }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/24" } }], ports: [{ protocol: "TCP", port: 5978 }] }],
    }),
  ];
  const db = pod({ role: "db" });
  const project = { namespaceLabels: { project: "myproject" } };

  it.each<[string, Endpoint, boolean]>([
    ["a frontend of its namespace", pod({ role: "frontend" }), true],
    ["another pod of its namespace", pod({ role: "backend" }), false],
    ["a frontend of another namespace", pod({ role: "frontend" }, "other"), false],
    ["any pod of a namespace of the project", pod({}, "other", project), true],
    ["an address of the block", { address: "172.17.0.1" }, true],
    ["another of the block", { address: "172.17.2.255" }, true],
    ["an address that the block excepts", { address: "172.17.1.9" }, false],
    ["an address elsewhere", { address: "172.18.0.1" }, false],
    ["a pod with an address of the block", pod({}, "other", { address: "172.17.0.7" }), true],
  ])("lets in by its sources: %s", (_, from, expected) => {
    expect(reaches(example, from, db, tcp(6379))).toBe(expected);
  });

  it("lets in on its port and protocol only", () => {
    expect(reaches(example, pod({ role: "frontend" }), db, tcp(6380))).toBe(false);
    expect(reaches(example, pod({ role: "frontend" }), db, udp(6379))).toBe(false);
  });

  it("lets out to its block and port only", () => {
    expect(reaches(example, db, { address: "10.0.0.200" }, tcp(5978))).toBe(true);
    expect(reaches(example, db, { address: "10.0.1.1" }, tcp(5978))).toBe(false);
    expect(reaches(example, db, { address: "10.0.0.200" }, tcp(5979))).toBe(false);
    expect(reaches(example, db, pod({}), tcp(5978))).toBe(false);
  });

  it("leaves pods that it does not select alone", () => {
    expect(reaches(example, pod({}), pod({ role: "web" }), tcp(1))).toBe(true);
    expect(reaches(example, pod({}), pod({ role: "db" }, "other"), tcp(1))).toBe(true);
  });
});

describe("selectors of one element and of two", () => {
  const user = { namespaceLabels: { user: "alice" } };
  const both = {
    namespaceSelector: { matchLabels: { user: "alice" } },
    podSelector: { matchLabels: { role: "client" } },
  };
  const one = [policy({ podSelector: {}, ingress: [{ from: [both] }] })];
  const two = [
    policy({
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: both.namespaceSelector }, { podSelector: both.podSelector }] }],
    }),
  ];

  it.each([
    ["a client of alice's namespace", pod({ role: "client" }, "alices", user), true, true],
    ["another pod of alice's namespace", pod({}, "alices", user), false, true],
    ["a client of its own namespace", pod({ role: "client" }), false, true],
    ["a client of a third namespace", pod({ role: "client" }, "third"), false, false],
  ])("%s", (_, from, byOne, byTwo) => {
    expect(reaches(one, from, pod({}), tcp(80))).toBe(byOne);
    expect(reaches(two, from, pod({}), tcp(80))).toBe(byTwo);
  });
});

describe("the default policies of the Kubernetes documentation", () => {
  const [here, there] = [pod({ app: "a" }), pod({ app: "b" }, "other")];

  it.each<[string, object, boolean, boolean]>([
    ["deny all ingress", { podSelector: {}, policyTypes: ["Ingress"] }, false, true],
    ["allow all ingress", { podSelector: {}, ingress: [{}], policyTypes: ["Ingress"] }, true, true],
    ["deny all egress", { podSelector: {}, policyTypes: ["Egress"] }, true, false],
    ["allow all egress", { podSelector: {}, egress: [{}], policyTypes: ["Egress"] }, true, true],
    ["deny all", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }, false, false],
    ["no types, no egress rules", { podSelector: {} }, false, true],
    ["no types, egress rules", { podSelector: {}, egress: [{ ports: [{ port: 1 }] }] }, false, false],
    ["no types, an empty list of egress rules", { podSelector: {}, egress: [] }, false, true],
  ])("%s", (_, spec, isLetIn, isLetOut) => {
    expect(reaches([policy(spec)], there, here, tcp(80))).toBe(isLetIn);
    expect(reaches([policy(spec)], here, there, tcp(80))).toBe(isLetOut);
  });
});

describe("ports", () => {
  const open = (ports: object[]) => [policy({ podSelector: {}, ingress: [{ ports }] })];

  it("may be a range", () => {
    const range = open([{ protocol: "TCP", port: 32000, endPort: 32768 }]);
    expect([31999, 32000, 32768, 32769].map((port) => reaches(range, pod({}), pod({}), tcp(port)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("may be named, which is the destination's affair", () => {
    const named = open([{ port: "web" }]);
    const ports = [
      { name: "web", port: 8080, protocol: "TCP" as const },
      { name: "web", port: 8081, protocol: "UDP" as const },
    ];
    expect(reaches(named, pod({}), pod({}, "default", { ports }), tcp(8080))).toBe(true);
    expect(reaches(named, pod({}), pod({}, "default", { ports }), tcp(8081))).toBe(false);
    expect(reaches(named, pod({}, "default", { ports }), pod({}), tcp(8080))).toBe(false);
  });

  it("may be all of a protocol, TCP where none is named", () => {
    expect(reaches(open([{ protocol: "UDP" }]), pod({}), pod({}), udp(53))).toBe(true);
    expect(reaches(open([{}]), pod({}), pod({}), udp(53))).toBe(false);
    expect(reaches(open([{}]), pod({}), pod({}), tcp(53))).toBe(true);
  });

  it("named in a rule for what goes out are those of the destination", () => {
    const out = [policy({ podSelector: {}, policyTypes: ["Egress"], egress: [{ ports: [{ port: "db" }] }] })];
    const ports = [{ name: "db", port: 3306, protocol: "TCP" as const }];
    expect(reaches(out, pod({}), pod({}, "other", { ports }), tcp(3306))).toBe(true);
    expect(reaches(out, pod({}), { address: "10.0.0.1" }, tcp(3306))).toBe(false);
  });
});

describe("blocks of addresses", () => {
  const block = (cidr: string) => [policy({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr } }] }] })];

  it.each([
    ["2001:db8::/64", "2001:db8::9", true],
    ["2001:db8::/64", "2001:db8:1::9", false],
    ["0.0.0.0/0", "2001:db8::9", false],
    ["::/0", "192.0.2.1", false],
    ["0.0.0.0/0", "192.0.2.1", true],
    ["192.0.2.1/32", "192.0.2.2", false],
  ])("%s, asked about %s", (cidr, address, expected) => {
    expect(reaches(block(cidr), { address }, pod({}), tcp(1))).toBe(expected);
  });
});

describe("any policies", () => {
  const labels = fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("x", "y"), { noNullPrototype: true });
  const selector = fc.record({ matchLabels: labels });
  const port = fc.constantFrom(1, 2, 3);
  const peer = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector }),
    fc.record({ namespaceSelector: selector, podSelector: selector }),
  );
  const rule = (side: "from" | "to") =>
    fc.record(
      { [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(fc.record({ port }), { maxLength: 2 }) },
      { requiredKeys: [] },
    );
  const policies = fc.array(
    fc
      .record({
        podSelector: selector,
        policyTypes: fc.subarray(["Ingress", "Egress"], { minLength: 1 }),
        ingress: fc.array(rule("from"), { maxLength: 2 }),
        egress: fc.array(rule("to"), { maxLength: 2 }),
      })
      .chain((spec) => fc.constantFrom("n", "m").map((namespace) => policy(spec, namespace))),
    { maxLength: 4 },
  );
  const endpoint = fc.record({ namespace: fc.constantFrom("n", "m"), namespaceLabels: labels, labels });
  const isolating = (direction: "Ingress" | "Egress") =>
    ["n", "m"].map((namespace) => policy({ podSelector: {}, policyTypes: [direction] }, namespace));

  it("do not depend on their order", () => {
    fc.assert(
      fc.property(policies, endpoint, endpoint, port, (all, from, to, number) => {
        expect(reaches(all.toReversed(), from, to, tcp(number))).toBe(reaches(all, from, to, tcp(number)));
      }),
    );
  });

  it("only add up once a pod is isolated: one more never closes what was open", () => {
    fc.assert(
      fc.property(policies, policies, endpoint, endpoint, port, (some, more, from, to, number) => {
        const before = [...isolating("Ingress"), ...isolating("Egress"), ...some];
        if (!reaches(before, from, to, tcp(number))) return;
        expect(reaches([...before, ...more], from, to, tcp(number))).toBe(true);
      }),
    );
  });

  it("that isolate everything and allow nothing let nothing through", () => {
    fc.assert(
      fc.property(endpoint, endpoint, port, (from, to, number) => {
        expect(reaches(isolating("Ingress"), from, to, tcp(number))).toBe(false);
        expect(reaches(isolating("Egress"), from, to, tcp(number))).toBe(false);
        expect(reaches([], from, to, tcp(number))).toBe(true);
      }),
    );
  });

  it("of one direction do not touch the other", () => {
    fc.assert(
      fc.property(policies, endpoint, port, (all, to, number) => {
        const outgoing = all.map((one) => policy({ ...(one["spec"] as object), policyTypes: ["Egress"] }, "n"));
        expect(reaches(outgoing, { address: "192.0.2.1" }, to, tcp(number))).toBe(true);
      }),
    );
  });
});
