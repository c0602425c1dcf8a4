import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { admittedBy, principalOf, type Request } from "../../../../components/tenancy/reach/mesh/index.ts";

const ROOT = "istio-system";
const WEB = { namespace: "team", labels: { app: "web" } };

function policy(spec: object, namespace = "team"): KubernetesObject {
  return {
    apiVersion: "security.istio.io/v1beta1",
    kind: "AuthorizationPolicy",
    metadata: { name: "p", namespace },
    spec,
  };
}

const http = { method: "GET", host: "web.team", path: "/data/1", headers: { "kubeflow-userid": "ada@example.org" } };
const request = (more: Partial<Request> = {}): Request => ({ port: 80, http, ...more });
const admits = (policies: KubernetesObject[], asked: Request = request(), called = WEB) =>
  admittedBy(policies, ROOT)(called, asked);

describe("policies of a workload", () => {
  const all = { rules: [{}] };
  const nothing = {};
  const other = { rules: [{ from: [{ source: { namespaces: ["other"] } }] }] };

  it.each<[string, KubernetesObject[], boolean]>([
    ["none", [], true],
    ["one without rules", [policy(nothing)], false],
    ["one with an empty rule", [policy(all)], true],
    ["one that means others", [policy(other)], false],
    ["one that means others and one that means all", [policy(other), policy(all)], true],
    ["a denial beside an allowance", [policy(all), policy({ ...all, action: "DENY" })], false],
    ["a denial of others, alone", [policy({ ...other, action: "DENY" })], true],
    ["a denial without rules", [policy({ ...nothing, action: "DENY" })], true],
    ["one of another namespace", [policy(nothing, "elsewhere")], true],
    ["one of the root namespace", [policy(nothing, ROOT)], false],
    ["one of the root namespace, and its own", [policy(nothing, ROOT), policy(all)], true],
    ["one for its labels", [policy({ ...nothing, selector: { matchLabels: { app: "web" } } })], false],
    ["one for other labels", [policy({ ...nothing, selector: { matchLabels: { app: "db" } } })], true],
    ["one for its labels and more", [policy({ ...nothing, selector: { matchLabels: { app: "web", v: "1" } } })], true],
  ])("%s", (_, policies, expected) => {
    expect(admits(policies)).toBe(expected);
  });
});

describe("rules", () => {
  const editor = request({ principal: principalOf("team", "default-editor") });
  const plain = request();
  const source = (fields: object) => ({ from: [{ source: fields }] });
  const operation = (fields: object) => ({ to: [{ operation: fields }] });
  const when = (key: string, values: object) => ({ when: [{ key, ...values }] });
  const header = "request.headers[kubeflow-userid]";

  it.each<[string, object, Request, boolean]>([
    ["a principal", source({ principals: ["cluster.local/ns/team/sa/default-editor"] }), editor, true],
    ["one of several", source({ principals: ["x", "cluster.local/ns/team/sa/default-editor"] }), editor, true],
    [
      "a principal, without mutual TLS",
      source({ principals: ["cluster.local/ns/team/sa/default-editor"] }),
      plain,
      false,
    ],
    ["any principal", source({ principals: ["*"] }), editor, true],
    ["any principal, without mutual TLS", source({ principals: ["*"] }), plain, false],
    ["the beginning of a principal", source({ principals: ["cluster.local/ns/team/*"] }), editor, true],
    ["the end of a principal", source({ principals: ["*/sa/default-editor"] }), editor, true],
    ["none but a principal", source({ notPrincipals: ["*/sa/default-editor"] }), editor, false],
    ["none but a principal, without mutual TLS", source({ notPrincipals: ["*/sa/default-editor"] }), plain, true],
    ["a namespace", source({ namespaces: ["team"] }), editor, true],
    ["another namespace", source({ namespaces: ["tea"] }), editor, false],
    ["a namespace, without mutual TLS", source({ namespaces: ["team"] }), plain, false],
    ["a namespace and another principal", source({ namespaces: ["team"], principals: ["x"] }), editor, false],
    [
      "two sources of which one is it",
      { from: [{ source: { namespaces: ["x"] } }, { source: { namespaces: ["team"] } }] },
      editor,
      true,
    ],
    ["a path", operation({ paths: ["/data/1"] }), plain, true],
    ["paths below", operation({ paths: ["/data/*"] }), plain, true],
    ["paths that end so", operation({ paths: ["*/api/kernels"] }), plain, false],
    ["a method", operation({ methods: ["POST"] }), plain, false],
    ["none but a method", operation({ notMethods: ["POST"] }), plain, true],
    [
      "a host, however it is written",
      operation({ hosts: ["web.team"] }),
      request({ http: { ...http, host: "Web.Team" } }),
      true,
    ],
    ["a port", operation({ ports: ["80"] }), plain, true],
    ["another port", operation({ ports: ["8080"] }), plain, false],
    [
      "a source and another port",
      { ...source({ namespaces: ["team"] }), ...operation({ ports: ["1"] }) },
      editor,
      false,
    ],
    ["a header", when(header, { values: ["ada@example.org"] }), plain, true],
    [
      "a header, its name written otherwise",
      when("request.headers[Kubeflow-UserId]", { values: ["ada@example.org"] }),
      plain,
      true,
    ],
    ["another value of a header", when(header, { values: ["ben@example.org"] }), plain, false],
    ["no header", when(header, { notValues: ["*"] }), plain, false],
    [
      "no header, and there is none",
      when(header, { notValues: ["*"] }),
      request({ http: { ...http, headers: {} } }),
      true,
    ],
    ["the namespace as a condition", when("source.namespace", { values: ["team"] }), editor, true],
    [
      "two conditions of which one is met",
      { when: [...when(header, { values: ["*"] }).when, ...when("source.namespace", { values: ["x"] }).when] },
      editor,
      false,
    ],
  ])("that mean %s", (_, rule, asked, expected) => {
    expect(admits([policy({ rules: [rule] })], asked)).toBe(expected);
    expect(admits([policy({ action: "DENY", rules: [rule] })], asked)).toBe(!expected);
  });

  it("about HTTP allow nothing on other connections, and deny by what is left of them", () => {
    const { http: _, ...tcp } = editor;
    const rule = { ...source({ namespaces: ["team"] }), ...operation({ paths: ["/x"] }) };
    expect(admits([policy({ rules: [rule] })], tcp)).toBe(false);
    expect(admits([policy({ action: "DENY", rules: [rule] })], tcp)).toBe(false);
    expect(admits([policy({ action: "DENY", rules: [{ ...rule, ...source({ namespaces: ["x"] }) }] })], tcp)).toBe(
      true,
    );
    expect(admits([policy({ rules: [source({ namespaces: ["team"] })] })], tcp)).toBe(true);
  });
});

describe("what is not understood is refused by its path", () => {
  it.each<[object, string]>([
    [{ action: "CUSTOM", provider: { name: "x" } }, "spec.provider is"],
    [{ action: "AUDIT" }, 'spec.action is "AUDIT", which is not understood here; understood are ALLOW, DENY'],
    [{ targetRef: { kind: "Gateway" } }, "spec.targetRef is"],
    [{ rules: [{ from: [{ source: { ipBlocks: ["10.0.0.0/8"] } }] }] }, "spec.rules[0].from[0].source.ipBlocks is"],
    [
      { rules: [{}, { from: [{ source: { requestPrincipals: ["*"] } }] }] },
      "spec.rules[1].from[0].source.requestPrincipals is",
    ],
    [{ rules: [{ to: [{ operation: { verbs: ["x"] } }] }] }, "spec.rules[0].to[0].operation.verbs is"],
    [{ rules: [{ when: [{ key: "request.auth.claims[a]", values: ["x"] }] }] }, "spec.rules[0].when[0].key is"],
    [{ rules: [{ form: [] }] }, "spec.rules[0].form is"],
  ])("%j", (spec, message) => {
    expect(() => admittedBy([policy(spec)], ROOT)).toThrow(`AuthorizationPolicy.security.istio.io team/p: ${message}`);
  });
});
