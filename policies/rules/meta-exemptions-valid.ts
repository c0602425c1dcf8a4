import { z } from "zod";
import type { Fault } from "../exemptions/register.ts";
import type { Subject } from "../resource.ts";
import { type Check, STACK_CLASSES, stackRule } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

export const exemptionParameters = z.strictObject({
  stack: z.enum(STACK_CLASSES).default("prod").describe("The class of the stack, which decides what exemptions hold"),
  versions: z
    .record(z.string(), z.string())
    .default({ kubeflow: "1.8.1" })
    .describe("Versions of what is deployed, by the components that exemptions name"),
  maxDays: z.int().min(1).default(90).describe("Most days from today to the end of an exemption"),
});

function complaint(fault: Fault, what: string): Check<Subject, z.infer<typeof exemptionParameters>> {
  return function* (_, { exemptions }) {
    for (const { exemption, faults } of exemptions()) {
      const message = faults[fault];
      if (message === undefined) continue;
      yield {
        message: `the exemption ${exemption.id} from ${exemption.policy} ${what}: ${message}`,
        path: [exemption.id],
        fix: `${FIXES[fault]} (${exemption.id} in policies/exemptions.yaml).`,
      };
    }
  };
}

const FIXES: Readonly<Record<Fault, string>> = {
  expired: "Repair what it is about, or have its owner renew it",
  unused: "Delete the entry",
  stale: "Look at what it is about in the new version, then write that version into it or delete it",
  worsened: "Repair what has changed, or have the new value reviewed and put its fingerprint into the entry",
  tooLong: "Give it an earlier end",
  forbidden: "Repair what it is about and delete the entry",
};

const entry = `
exemptions:
  - id: EX-01
    policy: k8s-memory-limits
    match: { kind: Pod, namespace: alice, name: train }
    stacks: [prod]
    reason: The program sizes itself by the memory of its node.
    owner: ml-platform
    upstream: { component: kubeflow, version: 1.8.1 }
    expires: 2026-03-01`;

const pod = `
---
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`;

export const exemptionsValid = stackRule({
  id: "meta-exemptions-valid",
  title: "Every exemption is in force, in use and up to date",
  severity: "high",
  why: "An exemption outlives its reason unless somebody has to look at it: what is expired, unused or written for another version hides what it was never meant to hide.",
  remediation: "Review the entry in policies/exemptions.yaml: renew, correct or delete it.",
  url: "https://www.pulumi.com/docs/insights/policy/",
  frameworks: [],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: exemptionParameters,
  classParameters: {
    dev: { stack: "dev", maxDays: 180 },
    prod: { stack: "prod" },
    airgapped: { stack: "airgapped" },
  },
  nonExemptable: { stacks: STACK_CLASSES },
  subjects: wholeStack,
  checks: {
    expired: complaint("expired", "is over"),
    unused: complaint("unused", "is of no use"),
    stale: complaint("stale", "is out of date"),
    worsened: complaint("worsened", "is about something else now"),
    tooLong: complaint("tooLong", "lasts too long"),
    forbidden: complaint("forbidden", "is not allowed"),
  },
  examples: {
    good: [`${entry}${pod}`],
    bad: {
      expired: `${entry.replace("2026-03-01", "2025-12-31")}${pod}`,
      unused: `${entry}${pod.replace("alice", "bob")}`,
      stale: `${entry.replace("1.8.1", "1.8.0")}${pod}`,
      worsened: `${entry}\n    fingerprints: [0123456789ab]${pod}`,
      tooLong: `${entry.replace("2026-03-01", "2027-01-01")}${pod}`,
      forbidden: `${entry.replace("k8s-memory-limits", "ml-default-credentials")}
---
apiVersion: v1
kind: Secret
metadata: { name: train, namespace: alice }
stringData: { user: user@example.com }
`.replace("kind: Pod", "kind: Secret"),
    },
  },
});
