import { randomUUID } from "node:crypto";
import { groupOf, type KubernetesObject } from "../../components/kit/objects.ts";
import type { Attempt } from "../../components/tenancy/reach/rbac/rules.ts";
import type { Client } from "../../rehearsal/control-plane/client.ts";
import { until } from "./control-plane.ts";

export const RBAC = "rbac.authorization.k8s.io";

const PLURALS: Readonly<Record<string, string>> = {
  ClusterRole: "clusterroles",
  ClusterRoleBinding: "clusterrolebindings",
  Role: "roles",
  RoleBinding: "rolebindings",
};

/** Has the API server judge by the roles and bindings among objects, in their namespaces; creates these and `more`. */
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
  await judgedByGrants(client);
}

/**
 * Waits until the API server judges by all roles and bindings that there are.
 *
 * It hears of them through a watch for each kind, later than who created them. What a watch tells is in order: who may do
 * what the last of each kind allow has all others judged as well.
 */
export async function judgedByGrants(client: Client): Promise<void> {
  const name = `last-${randomUUID()}`;
  await Promise.all(
    ["ClusterRole", "Role"].flatMap((kind) => {
      const metadata = { name, ...(kind === "Role" && { namespace: "default" }) };
      const rules = [{ apiGroups: [RBAC], resources: [kind.toLowerCase()], verbs: ["get"] }];
      const binding = {
        ...{ kind: `${kind}Binding`, metadata, roleRef: { apiGroup: RBAC, kind, name } },
        subjects: [{ apiGroup: RBAC, kind: "User", name }],
      };
      return [{ kind, metadata, rules }, binding].map((object) => client.create(collectionOf(object), object));
    }),
  );
  for (const resource of ["clusterrole", "role"]) {
    const attempt = { verb: "get", group: RBAC, resource, namespace: "default" };
    await until(() => isAllowed(client, { user: name }, attempt), `the API server judged by each ${resource}`);
  }
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
