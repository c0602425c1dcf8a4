import { describe, expect, it } from "vitest";
import { parseJsonPath, select } from "../../../rehearsal/providers/kubernetes/jsonpath.ts";
import { waitForCriteria } from "../../../rehearsal/providers/kubernetes/waitfor.ts";

const status = {
  phase: "Active",
  count: 2,
  conditions: [
    { type: "Ready", status: "False", message: "no backend" },
    { type: "Established", status: "True" },
  ],
};

function judge(expression: string) {
  const object = { metadata: { annotations: { "pulumi.com/waitFor": expression } }, status };
  const unmet = waitForCriteria(object)
    ?.map((criterion) => criterion(object))
    .find(({ ready }) => !ready);
  return unmet === undefined || unmet.ready ? "ready" : unmet.waiting;
}

describe("pulumi.com/waitFor", () => {
  it.each([
    ["condition=Established", "ready"],
    ["condition=Ready=False", "ready"],
    ["condition=Ready", "condition Ready=True (now False: no backend)"],
    ["condition=Other=True", "condition Other=True (now not set yet)"],
    ["jsonpath={.status.phase}=Active", "ready"],
    ["jsonpath={.status.count}=2", "ready"],
    ["jsonpath={.status.phase}", "ready"],
    ["jsonpath={.status.phase}=Terminating", "{.status.phase}=Terminating (now Active)"],
    ["jsonpath={.status.address}", "{.status.address} (selects nothing yet)"],
    ['jsonpath={.status.conditions[?(@.type=="Established")].status}=True', "ready"],
    ['["condition=Established", "jsonpath={.status.count}=3"]', "{.status.count}=3 (now 2)"],
    ['["condition=Established", "jsonpath={.status.count}=2"]', "ready"],
  ])("%s is %s", (expression, expected) => {
    expect(judge(expression)).toBe(expected);
  });

  it("is optional", () => {
    expect(waitForCriteria({ metadata: { name: "x" } })).toBeUndefined();
  });

  it.each([
    ["Established", "begins neither with condition= nor with jsonpath="],
    ["condition=", "the type of the condition is missing"],
    ["jsonpath=.status.phase", "is written in braces"],
    ["[1]", "a JSON list of strings"],
    ["[condition=Ready]", "a JSON list of strings"],
    ["jsonpath={.a[?(@.b>1)]}", "cannot be read from"],
  ])("%s is refused", (expression, reason) => {
    expect(() => judge(expression)).toThrow(reason);
  });

  it("refuses to compare what is no plain value", () => {
    expect(() => judge("jsonpath={.status.conditions}=x")).toThrow("selects no plain value");
  });
});

describe("a JSONPath", () => {
  const object = { a: [{ "k.x/y": 1 }, { b: 2 }], webhooks: [{ ca: "one" }, {}, { ca: "three" }] };

  it.each([
    [".a[0]['k.x/y']", [1]],
    ["$.a[-1].b", [2]],
    [".webhooks[*].ca", ["one", "three"]],
    [".webhooks.*.ca", ["one", "three"]],
    [".missing[*].x", []],
  ])("%s selects %j", (path, expected) => {
    expect(select(object, parseJsonPath(path))).toEqual(expected);
  });
});
