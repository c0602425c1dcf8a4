import { describe, expect, it } from "vitest";
import { readExemptions } from "../../../policies/exemptions/schema.ts";
import { exemptionsValid } from "../../../policies/rules/meta-exemptions-valid.ts";
import { memoryLimits } from "../../../policies/rules/k8s-memory-limits.ts";
import { rules } from "../../../policies/rules/index.ts";
import { findingsOf } from "../../kit/policy.ts";

const entry = (changes: Record<string, unknown> = {}) => ({
  id: "EX-01",
  policy: "k8s-memory-limits",
  match: { kind: "Pod", namespace: "alice", name: "train-*" },
  stacks: ["prod"],
  reason: "The program sizes itself by its node.",
  owner: "ml-platform",
  upstream: { component: "kubeflow", version: "1.8.1" },
  expires: "2026-03-01",
  ...changes,
});

const pod = (name: string, resources: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "alice" },
  spec: { containers: [{ name: "main", image: "python:3.12", resources }] },
});

const found = (changes: Record<string, unknown>, ...pods: readonly object[]) =>
  findingsOf(
    memoryLimits,
    [{ exemptions: [entry(changes)] }, ...pods].map((each) => JSON.stringify(each)).join("\n---\n"),
  );

describe("an exemption", () => {
  it("lets through what it is about, and nothing is silent", () => {
    const [exempt, other] = found({}, pod("train-1"), pod("serve"));
    expect([exempt?.level, exempt?.remark]).toEqual([
      "advisory",
      "exempt until 2026-03-01 by ml-platform (EX-01): The program sizes itself by its node.",
    ]);
    expect([other?.level, other?.exemption]).toEqual(["mandatory", undefined]);
  });

  it.each([
    ["has expired", { expires: "2025-12-31" }, "it expired on 2025-12-31"],
    [
      "is of another version",
      { upstream: { component: "kubeflow", version: "1.8.0" } },
      "written for kubeflow 1.8.0, and 1.8.1 is deployed",
    ],
    ["pins another value", { fingerprints: ["0123456789ab"] }, "is no longer what was exempted"],
  ])("that %s lets nothing through and says why", (_, changes, reason) => {
    const [finding] = found(changes, pod("train-1"));
    expect([finding?.level, finding?.exemption]).toEqual(["mandatory", undefined]);
    expect(finding?.remark).toContain(reason);
  });

  it.each([
    ["another class of stack", { stacks: ["dev"] }],
    ["another container", { match: { kind: "Pod", name: "train-*", container: "sidecar" } }],
    ["another version of the kind", { match: { kind: "Pod", name: "train-*", apiVersion: "v2" } }],
    ["another component", { match: { kind: "Pod", component: "Katib" } }],
  ])("of %s is not meant", (_, changes) => {
    const [finding] = found(changes, pod("train-1"));
    expect([finding?.level, finding?.remark]).toEqual(["mandatory", undefined]);
  });
});

it("an exemption that nothing needs is reported, unless it is optional", () => {
  const complaints = (changes: Record<string, unknown>) =>
    findingsOf(
      exemptionsValid,
      [{ exemptions: [entry(changes)] }, { ...pod("serve"), kind: "Other" }]
        .map((each) => JSON.stringify(each))
        .join("\n---\n"),
    ).map(({ check }) => check);
  expect(complaints({})).toEqual(["unused"]);
  expect(complaints({ optional: true })).toEqual([]);
});

describe("the file of exemptions", () => {
  const problem =
    (...entries: readonly object[]) =>
    () =>
      readExemptions(JSON.stringify({ exemptions: entries }), rules);

  it.each([
    ["everything", { match: { kind: "Pod", name: "*" } }, "an exemption for all is none"],
    ["no reason to speak of", { reason: "because" }, "in 20 characters or more"],
    ["no date", { expires: "soon" }, "must be a date such as 2026-12-31"],
    ["no such rule", { policy: "k8s-memory" }, "there is no rule k8s-memory"],
    ["no such check", { check: "request" }, "k8s-memory-limits has limit, platform, not request"],
    ["a field that does not exist", { until: "2026-01-01" }, "until"],
  ])("is refused for an entry with %s", (_, changes, message) => {
    expect(problem(entry(changes))).toThrow(message);
  });

  it("is refused where an id is given twice", () => {
    expect(problem(entry(), entry())).toThrow("EX-01: is given twice");
  });

  it("may be empty, and must be YAML", () => {
    expect(readExemptions("", rules)).toEqual([]);
    expect(() => readExemptions("a: [", rules)).toThrow("is not YAML");
  });
});
