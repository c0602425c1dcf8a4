import { UserError } from "../../components/kit/errors.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { readExample } from "../../policies/examples.ts";
import { readExemptions } from "../../policies/exemptions/schema.ts";
import { runGate } from "../../policies/gate/gate.ts";
import { type Report, reportOf } from "../../policies/gate/report.ts";
import { type Cloud, stackOptionsOf, targetsOf } from "../../policies/gate/targets.ts";
import type { StackClass } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";

/** A pod without a memory limit. */
export const POD = `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec: { containers: [{ name: main, image: python:3.12 }] }
`;

/** It is exempt from one. */
export const EXEMPTION = `exemptions:
  - { id: EX-01, policy: k8s-memory-limits, match: { kind: Pod, name: train }, stacks: [dev, prod], owner: ml, expires: 2026-03-01,
      reason: It sizes itself by its node., upstream: { component: kubeflow, version: 1.8.1 } }`;

/** The gate's report of dev and prod, of which each is what an example says; one that is left out cannot be previewed. */
export async function gate(
  yaml: Readonly<Partial<Record<StackClass, string>>>,
  exemptions = "",
  { base, clouds = ["existing"] }: { readonly base?: Report; readonly clouds?: readonly Cloud[] } = {},
): Promise<Report> {
  const assessed = await runGate({
    rules,
    targets: targetsOf(["dev", "prod"], clouds),
    exemptions: readExemptions(exemptions, rules),
    preview: ({ stack }) => {
      const { environment } = stackOptionsOf({ stack, cloud: "existing" });
      const text = yaml[stack];
      if (text === undefined) return Promise.reject(new UserError("the program ended with exit code 1"));
      return Promise.resolve({
        settings: parseSettings({ environment, cloud: "existing" }),
        resources: readExample(text).resources,
      });
    },
    report: () => undefined,
    now: new Date("2026-01-01T00:00:00Z"),
  });
  return reportOf(assessed, rules, base);
}
