import { z } from "zod";
import { isSoForOne } from "../kubernetes/decide.ts";
import { hasIn, hasPlatform, profileNameOf, profilesOf } from "../kubernetes/profiles.ts";
import { at, listAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

/** The stack, a guard, or a profile. */
interface GuardSubject extends Subject {
  readonly guard?: KubernetesSubject;
  readonly profile?: KubernetesSubject;
}

const POLICY = "ValidatingAdmissionPolicy";
const BINDING = "ValidatingAdmissionPolicyBinding";

/** What the program names its guards, without their prefix. */
const GUARDS = ["memory-limit", "isolation", "gpus", "transformers", "training-operator", "language-models"];

export const runtimeGuards = stackRule({
  id: "ml-runtime-guards",
  title: "What users start is held to the same rules while the platform runs",
  severity: "high",
  why: "Policies see what the program makes; notebooks, pipeline steps and training jobs are made later, by users. Only the API server can refuse a pod without a memory limit, the cause of 40 % of failures.",
  remediation: "Leave tenancy.guards at deny, and the guards in the plan.",
  url: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0039" },
    { framework: "Trivy", id: "KSV-0040" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    guards: z
      .array(z.string())
      .default(GUARDS)
      .describe("Admission policies that must be there, by the end of their names"),
  }),
  subjects: (stack): GuardSubject[] => [
    ...wholeStack(stack),
    ...stack.objectsOf(POLICY).map((guard) => ({ ...guard, guard })),
    ...profilesOf(stack).map((profile) => ({ ...profile, profile })),
  ],
  checks: {
    present: ({ guard: one, profile }, { stack, parameters: { guards } }) => {
      if (one !== undefined || profile !== undefined || !hasPlatform(stack)) return;
      const missing = guards.filter(
        (wanted) => !isSoForOne(stack.objectsOf(POLICY), (guard) => isCalled(guard, wanted)),
      );
      if (missing.length === 0) return;
      return { message: `nothing holds what users start to: ${missing.join(", ")}`, path: [] };
    },
    failClosed: ({ guard, value, name }) => {
      const path = ["spec", "failurePolicy"];
      if (guard === undefined || textAt(value, ...path) !== "Ignore") return;
      return { message: `${name} admits what it cannot judge`, path, fix: "Set failurePolicy to Fail." };
    },
    bound: ({ guard, name }, { stack }) => {
      if (guard === undefined || isSoForOne(bindingsOf(guard, stack), () => true)) return;
      return {
        message: `${name} is bound to nothing, and is never asked`,
        path: [],
        fix: `Apply a ${BINDING} for it.`,
      };
    },
    denies: ({ guard }, { stack }) => {
      if (guard === undefined) return;
      const bindings = bindingsOf(guard, stack);
      const [first] = bindings;
      const path = ["spec", "validationActions"];
      if (first === undefined) return;
      if (isSoForOne(bindings, ({ value }) => textsAt(value, ...path).includes("Deny"))) return;
      return {
        message: `${guard.name} only warns, and admits everything`,
        subject: first,
        path,
        fix: "Set tenancy.guards to deny.",
      };
    },
    /** Where a container names no limit of memory, the namespace gives it one. */
    defaults: ({ profile, name }, { stack }) => {
      const namespace = profile && profileNameOf(profile);
      if (namespace === undefined || hasIn(stack, "LimitRange", namespace, hasMemoryDefault)) return;
      return {
        message: `${name} gives no memory limit to containers that name none`,
        path: [],
        fix: "Make the profile by the setting profiles, or apply a LimitRange with default.memory.",
      };
    },
    quota: ({ profile, value, name }, { stack }) => {
      const namespace = profile && profileNameOf(profile);
      if (namespace === undefined || at(value, "spec", "resourceQuotaSpec", "hard") !== undefined) return;
      if (hasIn(stack, "ResourceQuota", namespace)) return;
      return {
        message: `${name} has no end to what its users can start`,
        path: [],
        fix: "Make the profile by the setting profiles, or apply a ResourceQuota.",
      };
    },
  },
  examples: {
    good: [`${policy("Fail")}---${binding("[Deny]")}`],
    bad: {
      present: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: profiles-deployment, namespace: kubeflow }
`,
      failClosed: `${policy("Ignore")}---${binding("[Deny]")}`,
      bound: policy("Fail"),
      denies: `${policy("Fail")}---${binding("[Warn, Audit]")}`,
      defaults: `
apiVersion: v1
kind: Namespace
metadata: { name: alice, labels: { app.kubernetes.io/part-of: kubeflow-profile } }
`,
      quota: `
apiVersion: kubeflow.org/v1
kind: Profile
metadata: { name: alice }
spec: { owner: { kind: User, name: alice@example.org } }
`,
    },
  },
});

function isCalled({ value }: KubernetesSubject, wanted: string): boolean {
  const name = textAt(value, "metadata", "name") ?? "";
  return name === wanted || name.endsWith(`-${wanted}`);
}

function hasMemoryDefault({ value }: KubernetesSubject): boolean {
  return listAt(value, "spec", "limits").some((limit) => at(limit, "default", "memory") !== undefined);
}

function bindingsOf(guard: KubernetesSubject, stack: Stack): readonly KubernetesSubject[] {
  const name = textAt(guard.value, "metadata", "name");
  return stack.objectsOf(BINDING).filter(({ value }) => textAt(value, "spec", "policyName") === name);
}

function policy(failurePolicy: string): string {
  return `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: kubeflow-memory-limit }
spec: { failurePolicy: ${failurePolicy} }
`;
}

function binding(actions: string): string {
  return `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: kubeflow-memory-limit }
spec: { policyName: kubeflow-memory-limit, validationActions: ${actions} }
`;
}
