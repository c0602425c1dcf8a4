import { groupOf, type KubernetesObject } from "../../components/kit/objects.ts";
import type { Attempt } from "../../components/tenancy/reach/rbac/rules.ts";
import type { Client } from "../../rehearsal/control-plane/client.ts";

export const RBAC = "rbac.authorization.k8s.io";

const PLURALS: Readonly<Record<string, string>> = {
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  Role: "roles",
  RoleBinding: "rolebindings",
};

/** Creates the roles and bindings among objects, with the namespaces that they are in and `more`. */
export async function createGrants(
  client: Client,
  objects: readonly KubernetesObject[],
  more: readonly string[] = [],
): Promise<void> {
  const grants = objects.filter((object) => groupOf(object.apiVersion) === RBAC);
  const namespaces = new Set([...more, ...grants.flatMap(({ metadata }) => metadata.namespace ?? [])]);
  namespaces.delete("kube-system");
  await Promise.all([...namespaces].map((name) => client.create("/api/v1/namespaces", { metadata: { name } })));
  await Promise.all(grants.map((object) => client.create(collectionOf(object), object)));
}

/** Where objects of RBAC are created, and their names are looked for below. */
export function collectionOf({ kind, metadata: { namespace } }: Pick<KubernetesObject, "kind" | "metadata">): string {
  return `/apis/${RBAC}/v1/${namespace === undefined ? "" : `namespaces/${namespace}/`}${PLURALS[kind] ?? kind}`;
}

/** Whether the API server would allow it. */
export async function isAllowed(
  client: Client,
  { user, groups }: { readonly user: string; readonly groups?: readonly string[] },
  attempt: Attempt,
): Promise<boolean> {
  const { status } = await client.create<{ status: { allowed: boolean } }>(
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: { user, groups, ...attributesOf(attempt) },
    },
  );
  return status.allowed;
}

function attributesOf(attempt: Attempt): object {
  if ("path" in attempt) return { nonResourceAttributes: attempt };
  const { verb, group, resource: path, namespace, name } = attempt;
  const [resource, subresource] = path.split("/");
  return { resourceAttributes: { verb, group, resource, subresource, namespace, name } };
}
