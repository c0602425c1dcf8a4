import type { KubernetesObject } from "../../kit/objects.ts";
import type { Member } from "../people.ts";
import type { TenantPlatform } from "../platform.ts";
import type { Tenant } from "../tenants.ts";

const RBAC = "rbac.authorization.k8s.io";

/** The name that Kubeflow's access management (kubeflow/kubeflow v1.8.0 kfam/bindings.go) gives and looks for. */
export function bindingName({ user, role }: Member): string {
  return `user-${user}-clusterrole-${role}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

/** What lets a member work in a profile: rights at the API server, and the way through the mesh to what runs there. */
export function memberObjects(member: Member, tenant: Tenant, platform: TenantPlatform): KubernetesObject[] {
  const metadata = {
    name: bindingName(member),
    namespace: tenant.name,
    annotations: { user: member.user, role: member.role },
  };
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: `kubeflow-${member.role}` },
      subjects: [{ apiGroup: RBAC, kind: "User", name: member.user }],
    },
    {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata,
      spec: {
        action: "ALLOW",
        ...(member.role === "view" ? { selector: { matchLabels: VIEWED } } : {}),
        rules: [
          {
            from: [{ source: { principals: platform.spokesmen } }],
            when: [{ key: `request.headers[${platform.userHeader}]`, values: [platform.userPrefix + member.user] }],
          },
        ],
      },
    },
  ];
}

/**
 * What of a namespace's pods a viewer reaches: the server of artifacts. Access management opens everything, the terminals
 * of other people's notebooks included, where a viewer could do all that an editor can.
 */
const VIEWED = { app: "ml-pipeline-ui-artifact" };
