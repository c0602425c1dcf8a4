import type { KubernetesObject } from "../../kit/objects.ts";
import type { Guard } from "./guard.ts";

const API_VERSION = "admissionregistration.k8s.io/v1";

/** Whether a broken rule is refused, or told to the client and to the audit log. */
export type Action = "deny" | "warn";

/** A guard as the API server enforces it: the policy, and its binding to where it holds. */
export function admissionPolicy(guard: Guard, action: Action): KubernetesObject[] {
  const name = `kubeflow-${guard.name}`;
  const { group, version, resources, operations } = guard.on;
  return [
    {
      apiVersion: API_VERSION,
      kind: "ValidatingAdmissionPolicy",
      metadata: { name },
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          resourceRules: [{ apiGroups: [group], apiVersions: [version], resources, operations }],
        },
        ...(guard.unless === undefined
          ? {}
          : { matchConditions: [{ name: "not-excepted", expression: `!(${guard.unless})` }] }),
        variables: Object.entries(guard.variables).map(([variable, expression]) => ({ name: variable, expression })),
        validations: guard.validations.map(({ expression, message }) => ({ expression, messageExpression: message })),
      },
    },
    {
      apiVersion: API_VERSION,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: action === "deny" ? ["Deny"] : ["Warn", "Audit"],
        ...(guard.within === "cluster" ? {} : { matchResources: { namespaceSelector: guard.within } }),
      },
    },
  ];
}
