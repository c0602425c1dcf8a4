import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { accessOf, type Attempt } from "../../../../components/tenancy/reach/rbac/index.ts";
import { person, serviceAccount, type Subject } from "../../../../components/tenancy/reach/rbac/subjects.ts";
import { ADA, bind, clusterRole, role } from "../../../kit/grants.ts";

const pods = (verb: string, namespace?: string, more: Partial<Attempt> = {}): Attempt => ({
  verb,
  group: "",
  resource: "pods",
  ...(namespace === undefined ? {} : { namespace }),
  ...more,
});

describe("rules", () => {
  const canBy = (rule: object, attempt: Attempt) =>
    accessOf([clusterRole("r", [rule]), bind(undefined, "r", [ADA])]).can(person("ada"), attempt);
  const core = { apiGroups: [""], verbs: ["get"] };

  it.each<[string, object, Attempt, boolean]>([
    ["their verb", { ...core, resources: ["pods"] }, pods("get"), true],
    ["another verb", { ...core, resources: ["pods"] }, pods("list"), false],
    ["any verb", { ...core, resources: ["pods"], verbs: ["*"] }, pods("anything"), true],
    ["another group", { ...core, resources: ["pods"] }, pods("get", "n", { group: "apps" }), false],
    ["any group", { ...core, apiGroups: ["*"], resources: ["pods"] }, pods("get", "n", { group: "apps" }), true],
    ["a sub-resource of theirs", { ...core, resources: ["pods"] }, pods("get", "n", { resource: "pods/log" }), false],
    ["their sub-resource", { ...core, resources: ["pods/log"] }, pods("get", "n", { resource: "pods/log" }), true],
    ["the resource of a sub-resource", { ...core, resources: ["pods/log"] }, pods("get", "n"), false],
    ["any resource", { ...core, resources: ["*"] }, pods("get", "n", { resource: "pods/log" }), true],
    ["a sub-resource of any", { ...core, resources: ["*/log"] }, pods("get", "n", { resource: "pods/log" }), true],
    ["another of any", { ...core, resources: ["*/log"] }, pods("get", "n", { resource: "pods/exec" }), false],
    [
      "all sub-resources, which is no pattern",
      { ...core, resources: ["pods/*"] },
      pods("get", "n", { resource: "pods/log" }),
      false,
    ],
    ["their name", { ...core, resources: ["pods"], resourceNames: ["a"] }, pods("get", "n", { name: "a" }), true],
    ["another name", { ...core, resources: ["pods"], resourceNames: ["a"] }, pods("get", "n", { name: "b" }), false],
    ["no name", { ...core, resources: ["pods"], resourceNames: ["a"] }, pods("get", "n"), false],
    [
      "a star, which is no name",
      { ...core, resources: ["pods"], resourceNames: ["*"] },
      pods("get", "n", { name: "a" }),
      false,
    ],
    [
      "an empty list of names",
      { ...core, resources: ["pods"], resourceNames: [] },
      pods("get", "n", { name: "a" }),
      true,
    ],
    ["their path", { nonResourceURLs: ["/metrics"], verbs: ["get"] }, { verb: "get", path: "/metrics" }, true],
    ["a longer path", { nonResourceURLs: ["/metrics"], verbs: ["get"] }, { verb: "get", path: "/metrics/a" }, false],
    ["a path below", { nonResourceURLs: ["/metrics/*"], verbs: ["get"] }, { verb: "get", path: "/metrics/a/b" }, true],
    ["a path beside", { nonResourceURLs: ["/metrics/*"], verbs: ["get"] }, { verb: "get", path: "/metric" }, false],
    ["any path", { nonResourceURLs: ["*"], verbs: ["get"] }, { verb: "get", path: "/x" }, true],
    ["a resource by a path", { nonResourceURLs: ["*"], verbs: ["*"] }, pods("get"), false],
    ["a path by a resource", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, { verb: "get", path: "/x" }, false],
  ])("%s", (_, rule, attempt, expected) => {
    expect(canBy(rule, attempt)).toBe(expected);
  });
});

describe("bindings", () => {
  const reader = [clusterRole("reader", [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }])];
  const readerOf = (namespace: string) => [
    role(namespace, "reader", [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]),
  ];
  const account = { kind: "ServiceAccount", name: "bot", namespace: "team" };
  const bot = serviceAccount("team", "bot");

  it.each<[string, KubernetesObject[], Subject, string | undefined, boolean]>([
    ["of the cluster, in a namespace", [...reader, bind(undefined, "reader", [ADA])], person("ada"), "n", true],
    [
      "of the cluster, over all namespaces",
      [...reader, bind(undefined, "reader", [ADA])],
      person("ada"),
      undefined,
      true,
    ],
    ["of a namespace, there", [...reader, bind("n", "reader", [ADA])], person("ada"), "n", true],
    ["of a namespace, elsewhere", [...reader, bind("n", "reader", [ADA])], person("ada"), "m", false],
    ["of a namespace, over all", [...reader, bind("n", "reader", [ADA])], person("ada"), undefined, false],
    ["to a Role of the namespace", [...readerOf("n"), bind("n", "reader", [ADA], "Role")], person("ada"), "n", true],
    ["to a Role of another", [...readerOf("m"), bind("n", "reader", [ADA], "Role")], person("ada"), "n", false],
    ["to what is not there", [bind("n", "reader", [ADA])], person("ada"), "n", false],
    ["of another user", [...reader, bind("n", "reader", [ADA])], person("Ada"), "n", false],
    ["of an account", [...reader, bind("n", "reader", [account])], bot, "n", true],
    [
      "of an account of that name elsewhere",
      [...reader, bind("n", "reader", [account])],
      serviceAccount("n", "bot"),
      "n",
      false,
    ],
    [
      "of an account of the same namespace, left out",
      [...reader, bind("team", "reader", [{ kind: "ServiceAccount", name: "bot" }])],
      bot,
      "team",
      true,
    ],
    [
      "of an account by its user name",
      [...reader, bind("n", "reader", [{ kind: "User", name: bot.user }])],
      bot,
      "n",
      true,
    ],
    [
      "of a group of theirs",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "staff" }])],
      person("ada", ["staff"]),
      "n",
      true,
    ],
    [
      "of a group of others",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "staff" }])],
      person("ada"),
      "n",
      false,
    ],
    [
      "of everybody",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "system:authenticated" }])],
      person("ada"),
      "n",
      true,
    ],
    [
      "of all accounts",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "system:serviceaccounts" }])],
      bot,
      "n",
      true,
    ],
    [
      "of all accounts, asked of a person",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "system:serviceaccounts" }])],
      person("ada"),
      "n",
      false,
    ],
    [
      "of the accounts of a namespace",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "system:serviceaccounts:team" }])],
      bot,
      "n",
      true,
    ],
    [
      "of the accounts of another",
      [...reader, bind("n", "reader", [{ kind: "Group", name: "system:serviceaccounts:n" }])],
      bot,
      "n",
      false,
    ],
    ["of nobody, for masters", [], person("root", ["system:masters"]), "n", true],
  ])("%s", (_, objects, subject, namespace, expected) => {
    expect(accessOf(objects).can(subject, pods("get", namespace))).toBe(expected);
  });

  it("of a namespace give no paths", () => {
    const all = [clusterRole("paths", [{ nonResourceURLs: ["*"], verbs: ["*"] }]), bind("n", "paths", [ADA])];
    expect(accessOf(all).can(person("ada"), { verb: "get", path: "/metrics" })).toBe(false);
  });

  it("leave everybody what the API server gives to all", () => {
    const { can } = accessOf([]);
    const review = { verb: "create", group: "authorization.k8s.io", resource: "selfsubjectaccessreviews" };
    expect(can(person("ada"), review)).toBe(true);
    expect(can(person("ada"), { verb: "get", path: "/apis/apps/v1" })).toBe(true);
    expect(can(person("ada"), pods("get", "n"))).toBe(false);
  });

  it("to a role whose rules only the API server knows are refused, with the binding and what to bind", () => {
    expect(() => accessOf([bind("n", "edit", [ADA])])).toThrow(
      /RoleBinding\.rbac\.authorization\.k8s\.io n\/edit-\d+ binds the ClusterRole edit.*\n.*kubeflow-edit/,
    );
  });
});

describe("aggregated roles", () => {
  const label = (name: string) => ({ metadata: { name, labels: { to: "view" } } });
  const rule = (resource: string) => ({ apiGroups: [""], resources: [resource], verbs: ["get"] });
  const aggregate = (selectors: object[]) => ({ aggregationRule: { clusterRoleSelectors: selectors } });
  const toView = aggregate([{ matchLabels: { to: "view" } }]);
  const seen = (objects: KubernetesObject[]) => {
    const { can } = accessOf([...objects, bind("n", "view-all", [ADA])]);
    const get = (resource: string) => can(person("ada"), { verb: "get", group: "", resource, namespace: "n" });
    return ["pods", "events", "secrets"].filter(get);
  };

  it("have the rules of those they select, and none of their own", () => {
    const a = clusterRole("a", [rule("pods")], label("a"));
    const b = clusterRole("b", [rule("secrets")]);
    expect(seen([clusterRole("view-all", [rule("secrets")], toView), a, b])).toEqual(["pods"]);
  });

  it("take over what aggregated ones they select have, in circles too", () => {
    const inner = clusterRole("inner", undefined, {
      ...label("inner"),
      ...aggregate([{ matchLabels: { to: "inner" } }]),
    });
    const deep = clusterRole("deep", [rule("events")], { metadata: { name: "deep", labels: { to: "inner" } } });
    const circle = clusterRole("circle", undefined, { ...label("circle"), ...toView });
    expect(seen([clusterRole("view-all", undefined, toView), inner, deep, circle])).toEqual(["events"]);
  });

  it("select by any of their selectors; none selects nothing, an empty one everything", () => {
    const a = clusterRole("a", [rule("pods")], label("a"));
    const either = aggregate([
      { matchLabels: { to: "edit" } },
      { matchExpressions: [{ key: "to", operator: "Exists" }] },
    ]);
    expect(seen([clusterRole("view-all", undefined, either), a])).toEqual(["pods"]);
    expect(seen([clusterRole("view-all", [rule("pods")], aggregate([])), a])).toEqual([]);
    expect(seen([clusterRole("view-all", undefined, aggregate([{}])), a])).toEqual(["pods", "events", "secrets"]);
  });
});
