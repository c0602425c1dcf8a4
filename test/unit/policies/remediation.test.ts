import { describe, expect, it } from "vitest";
import { remediated } from "../../../policies/engine/remediation.ts";
import { readConfiguration } from "../../../policies/configuration.ts";
import { readExample } from "../../../policies/examples.ts";
import type { Resource } from "../../../policies/resource.ts";
import type { ResourceRule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { viewOf } from "../../../policies/view.ts";
import { findingsOf, UNKNOWN_TEXT } from "../../kit/policy.ts";

type Remedy = NonNullable<ResourceRule["remediate"]>;
const remedies = rules.flatMap((rule) =>
  "remediate" in rule && rule.remediate !== undefined ? [[rule.id, rule, rule.remediate] as const] : [],
);

/** The resource as the engine would go on with it; undefined where nothing is changed. */
function changedBy(remedy: Remedy, rule: (typeof rules)[number], resource: Resource) {
  const { parameters } = readConfiguration(rule, {});
  return remediated(resource, (view) => remedy(view, parameters));
}

const pod = (container: object, spec: object = {}) =>
  viewOf({
    ...{ type: "kubernetes:core/v1:Pod", name: "train", urn: "urn" },
    properties: { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "main", ...container }], ...spec } },
  });

it("there are rules that repair what they find", () => {
  expect(remedies.map(([id]) => id)).toEqual([
    "k8s-pss-drop-capabilities",
    "k8s-pss-privilege-escalation",
    "k8s-pss-seccomp",
  ]);
  for (const [, rule] of remedies) expect(rule.levels.dev).toBe("remediate");
});

describe.each(remedies)("what %s repairs", (_, rule, remedy) => {
  it("is found no more, and nothing else is changed", () => {
    for (const example of Object.values(rule.examples.bad)) {
      for (const resource of readExample(example).resources) {
        const properties = changedBy(remedy, rule, resource);
        expect(
          findingsOf(rule, { resources: [viewOf({ ...resource, properties: properties ?? {} })], exemptions: "" }),
        ).toEqual([]);
        const withoutContext = (value: unknown) =>
          JSON.stringify(value, (key, field: unknown) => (key === "securityContext" ? undefined : field));
        expect(withoutContext(properties)).toEqual(withoutContext(resource.properties));
      }
    }
  });

  it("is not what is good already, is unknown, or is text", () => {
    for (const example of rule.examples.good)
      for (const resource of readExample(example).resources) expect(changedBy(remedy, rule, resource)).toBeUndefined();
    expect(
      changedBy(remedy, rule, pod({ securityContext: UNKNOWN_TEXT }, { securityContext: UNKNOWN_TEXT })),
    ).toBeUndefined();
    const data = { "job.yaml": "apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: main }] }\n" };
    const properties = { apiVersion: "v1", kind: "ConfigMap", data };
    const configMap = viewOf({ type: "kubernetes:core/v1:ConfigMap", name: "templates", urn: "urn", properties });
    expect(changedBy(remedy, rule, configMap)).toBeUndefined();
    expect(findingsOf(rule, { resources: [configMap], exemptions: "" })).toHaveLength(1);
  });
});

it("nothing is repaired into what Kubernetes refuses", () => {
  const [, rule, remedy] = remedies.find(([id]) => id === "k8s-pss-privilege-escalation") ?? [];
  if (rule === undefined || remedy === undefined) throw new Error("the rule is gone");
  for (const securityContext of [{ privileged: true }, { capabilities: { add: ["SYS_ADMIN"] } }]) {
    expect(changedBy(remedy, rule, pod({ securityContext }))).toBeUndefined();
    expect(findingsOf(rule, { resources: [pod({ securityContext })], exemptions: "" })).toHaveLength(1);
  }
});
