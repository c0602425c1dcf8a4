import { z } from "zod";
import { gives, permissions, type GrantSubject, type Power } from "../kubernetes/rbac.ts";
import { type Check, resourceRule } from "../rule.ts";

type AccessCheck = Check<GrantSubject, Record<string, never>>;

const VERBS = ["create", "get", "update", "patch"];

const INSIDE: Power = { group: "", resources: ["pods/exec", "pods/attach", "pods/ephemeralcontainers"], verbs: VERBS };
const THROUGH: Power = { group: "", resources: ["pods/portforward", "pods/proxy", "services/proxy"], verbs: VERBS };
const KUBELET: Power = { group: "", resources: ["nodes/proxy"], verbs: VERBS };

export const rbacExecProxy = resourceRule({
  id: "k8s-rbac-exec-proxy",
  title: "No role works inside other pods or goes around the network's rules",
  severity: "high",
  why: "A shell in a pod has the pod's tokens, volumes and connections; a connection through the API server reaches ports that no NetworkPolicy opens; and the kubelet's own interface runs commands in any pod of a node, past admission and audit.",
  remediation: "Leave the subresource out of the role.",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
  frameworks: [
    { framework: "Trivy", id: "KSV-0053" },
    { framework: "Trivy", id: "KSV-0054" },
    { framework: "Trivy", id: "KSV-0047" },
    { framework: "Checkov", id: "CKV2_K8S_2" },
    { framework: "Kubescape", id: "C-0002" },
    { framework: "Kubescape", id: "C-0279" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { connections: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({}),
  subjects: permissions,
  checks: {
    exec: access(INSIDE, "may run commands in pods"),
    connections: access(THROUGH, "may connect to pods through the API server"),
    nodes: access(KUBELET, "may use the kubelet of every node"),
  },
  examples: {
    good: [role("pods, pods/log", "get, list")],
    bad: {
      exec: role("pods/exec", "create"),
      connections: role("services/proxy", "get"),
      nodes: role("nodes/proxy", "get"),
    },
  },
});

function access(power: Power, what: string): AccessCheck {
  return ({ value, name }) => (gives(value, power) ? { message: `${name} ${what}`, path: [] } : undefined);
}

function role(resources: string, verbs: string): string {
  return `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: training-operator }
rules:
  - { apiGroups: [""], resources: [${resources}], verbs: [${verbs}] }
`;
}
