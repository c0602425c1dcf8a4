import type { KubernetesObject } from "../../../kit/objects.ts";
import { AUTHENTICATED, MASTERS } from "./subjects.ts";

const RBAC = "rbac.authorization.k8s.io";

interface BuiltIn {
  readonly rules: readonly object[];
  readonly groups: readonly string[];
}

const ACCESS_REVIEWS = {
  apiGroups: ["authorization.k8s.io"],
  resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
  verbs: ["create"],
};
const DISCOVERY = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];
const HEALTH = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/**
 * What every API server from 1.33 to 1.36 grants by itself to people and ServiceAccounts, as its reconciler of default
 * roles writes it; the roles of its own components are nobody's here.
 */
const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  "cluster-admin": {
    groups: [MASTERS],
    rules: [
      { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
      { nonResourceURLs: ["*"], verbs: ["*"] },
    ],
  },
  "system:basic-user": {
    groups: [AUTHENTICATED],
    rules: [
      ACCESS_REVIEWS,
      { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
    ],
  },
  "system:discovery": {
    groups: [AUTHENTICATED],
    rules: [{ nonResourceURLs: [...DISCOVERY, ...HEALTH], verbs: ["get"] }],
  },
  "system:public-info-viewer": {
    groups: [AUTHENTICATED],
    rules: [{ nonResourceURLs: HEALTH, verbs: ["get"] }],
  },
  "system:service-account-issuer-discovery": {
    groups: ["system:serviceaccounts"],
    rules: [
      { nonResourceURLs: ["/.well-known/openid-configuration", "/openid/v1/jwks"].flatMap(withSlash), verbs: ["get"] },
    ],
  },
};

function withSlash(path: string): string[] {
  return [path, `${path}/`];
}

/** The built-in roles and their bindings, as objects. */
export function builtInRoles(): KubernetesObject[] {
  const apiVersion = `${RBAC}/v1`;
  return Object.entries(BUILT_IN).flatMap(([name, { rules, groups }]) => [
    { apiVersion, kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
      subjects: groups.map((group) => ({ apiGroup: RBAC, kind: "Group", name: group })),
    },
  ]);
}

/** Whether every API server has a ClusterRole of this name whose rules are not held here. */
export function isForeignBuiltIn(name: string): boolean {
  return ["admin", "edit", "view"].includes(name) || (name.startsWith("system:") && !(name in BUILT_IN));
}
