import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { KubeConfig, type V1RoleBinding, CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../components/kit/objects.ts";
import { accessAdjustment } from "../../components/kubeflow/access/index.ts";
import type { Permission } from "../../components/kubeflow/access/privileges.ts";
import { each, planInstall } from "../../components/kubeflow/plan.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { privileges181 } from "../../components/kubeflow/releases/1.8.1/privileges/index.ts";
import { repaired } from "../../components/kubeflow/repairs/index.ts";
import type { ResourceAttempt } from "../../components/tenancy/reach/rbac/rules.ts";
import { Client } from "../../rehearsal/control-plane/client.ts";
import { COMPONENTS, type ControlPlane, start } from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { createGrants, isAllowed, RBAC } from "../kit/access-reviews.ts";
import { realRelease } from "../kit/release.ts";

const METACONTROLLER = "system:serviceaccount:kubeflow:meta-controller-service";
const PROFILES = "system:serviceaccount:kubeflow:profiles-controller-service-account";
const PIPELINES_UI = "system:serviceaccount:kubeflow:ml-pipeline-ui";
const KATIB_UI = "system:serviceaccount:kubeflow:katib-ui";
const NOTEBOOKS = "system:serviceaccount:kubeflow:notebook-controller-service-account";
const PIPELINE_RUNNER = "system:serviceaccount:kubeflow:pipeline-runner";

const before = process.env["XDG_STATE_HOME"];
let home: string;
let controlPlane: ControlPlane;
let client: Client;
let planned: readonly KubernetesObject[];

/** A control plane that holds what the platform grants, and two namespaces, of which one is a team's. */
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "access-"));
  process.env["XDG_STATE_HOME"] = home;
  controlPlane = await start({ name: "access", binaries: await obtain([...COMPONENTS]) });
  client = await Client.open(controlPlane.kubeconfig);
  planned = planInstall(releases["1.8.1"], await realRelease(), [
    each(repaired),
    accessAdjustment(releases["1.8.1"].access),
  ]).waves.flat();
  await createGrants(client, planned, ["team"]);
});

afterAll(async () => {
  await client.close();
  await controlPlane.stop();
  if (before === undefined) delete process.env["XDG_STATE_HOME"];
  else process.env["XDG_STATE_HOME"] = before;
  await rm(home, { recursive: true });
});

interface Attempt extends ResourceAttempt {
  readonly user: string;
}

function isGranted({ user, ...attempt }: Attempt): Promise<boolean> {
  return isAllowed(client, { user }, attempt);
}

/** Every attempt that a permission is for: each verb on each resource, by name where it names objects. */
function attemptsOf(user: string, permissions: readonly Permission[], namespace: string | undefined): Attempt[] {
  return permissions.flatMap(({ group, resources, verbs, names = [undefined] }) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({
          ...{ user, verb, group, resource },
          ...(name === undefined ? {} : { name }),
          ...(namespace === undefined ? {} : { namespace }),
        })),
      ),
    ),
  );
}

/** The only account that a role is given to. */
function holderOf(kind: string, role: string): string {
  const binding = planned.find(
    (object) =>
      groupKind(object) === `${kind}Binding.${RBAC}` &&
      textAt(object, "roleRef", "kind") === kind &&
      textAt(object, "roleRef", "name") === role,
  );
  const subjects = listAt(binding, "subjects");
  expect(subjects.length, role).toBe(1);
  return `system:serviceaccount:${textAt(subjects[0], "namespace")}:${textAt(subjects[0], "name")}`;
}

async function refusedOf(attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
  const answers = await Promise.all(attempts.map(isGranted));
  return attempts.filter((_, index) => answers[index] !== true);
}

describe("the API server allows each component", () => {
  it.each(privileges181.regrants.map((regrant) => [regrant.name, regrant] as const))(
    "%s every call that its source makes",
    async (name, { permissions }) => {
      const attempts = attemptsOf(holderOf("ClusterRole", name), permissions, "team");
      expect(attempts.length).toBeGreaterThan(30);
      expect(await refusedOf(attempts)).toEqual([]);
    },
  );

  it.each(Object.entries(privileges181.roles))("%s every call that its source makes", async (id, permissions) => {
    const role = planned.find((object) => objectId(object) === id);
    const { name = "", namespace } = role?.metadata ?? {};
    const attempts = attemptsOf(holderOf(role?.kind ?? "", name), permissions, namespace ?? "team");
    expect(await refusedOf(attempts)).toEqual([]);
  });
});

describe("the API server refuses", () => {
  const everything = { verb: "*", group: "*", resource: "*" };
  const pods = { group: "", resource: "pods" };
  const secrets = { group: "", resource: "secrets" };
  const nodes = { group: "", resource: "nodes" };

  it.each<Attempt>([
    { user: METACONTROLLER, ...everything },
    { user: METACONTROLLER, verb: "delete", ...secrets, namespace: "kubeflow", name: "mysql-secret" },
    { user: METACONTROLLER, verb: "update", ...secrets, namespace: "cert-manager", name: "cert-manager-webhook-ca" },
    {
      user: METACONTROLLER,
      verb: "update",
      group: "apps",
      resource: "deployments",
      namespace: "kubeflow",
      name: "ml-pipeline",
    },
    { user: METACONTROLLER, verb: "create", group: RBAC, resource: "clusterrolebindings" },
    { user: METACONTROLLER, verb: "delete", group: "", resource: "namespaces", name: "team" },
    { user: METACONTROLLER, verb: "create", ...pods, namespace: "team" },
    { user: METACONTROLLER, verb: "list", ...nodes },
    { user: PROFILES, ...everything },
    { user: PROFILES, verb: "get", ...secrets, namespace: "team" },
    { user: PROFILES, verb: "create", ...pods, namespace: "team" },
    { user: PROFILES, verb: "delete", group: "", resource: "namespaces", name: "team" },
    { user: PROFILES, verb: "bind", group: RBAC, resource: "clusterroles", name: "cluster-admin" },
    { user: PROFILES, verb: "escalate", group: RBAC, resource: "clusterroles", name: "kubeflow-admin" },
    { user: PROFILES, verb: "create", group: RBAC, resource: "clusterroles" },
    { user: PIPELINES_UI, verb: "get", ...secrets, namespace: "team", name: "mlpipeline-minio-artifact" },
    { user: PIPELINES_UI, verb: "list", ...secrets },
    { user: PIPELINES_UI, verb: "list", ...secrets, namespace: "kubeflow" },
    { user: PIPELINES_UI, verb: "get", ...secrets, namespace: "kubeflow", name: "mysql-secret" },
    { user: KATIB_UI, verb: "delete", group: "", resource: "namespaces", name: "team" },
    { user: KATIB_UI, verb: "create", group: "", resource: "namespaces" },
    { user: KATIB_UI, verb: "deletecollection", group: "", resource: "configmaps", namespace: "team" },
    { user: NOTEBOOKS, verb: "delete", group: "", resource: "services", namespace: "kubeflow", name: "mysql" },
    {
      user: NOTEBOOKS,
      verb: "delete",
      group: "apps",
      resource: "statefulsets",
      namespace: "kubeflow",
      name: "metacontroller",
    },
    { user: PIPELINE_RUNNER, verb: "create", group: "", resource: "pods/exec", namespace: "kubeflow", name: "mysql" },
    { user: PIPELINE_RUNNER, verb: "get", ...secrets, namespace: "kubeflow", name: "mysql-secret" },
  ])("$user $verb $group $resource $namespace/$name", async (attempt) => {
    expect(await isGranted(attempt)).toBe(false);
  });
});

describe("granting", () => {
  const as = (user: string) => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane.kubeconfig);
    config.users = config.users.map((it) => ({ ...it, impersonateUser: user }));
    return config;
  };
  const granting = (role: string): V1RoleBinding => ({
    metadata: { name: `grants-${role}`, namespace: "team" },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: RBAC, kind: "User", name: "someone@example.org" }],
  });
  const grant = (user: string, role: string) =>
    as(user)
      .makeApiClient(RbacAuthorizationV1Api)
      .createNamespacedRoleBinding({ namespace: "team", body: granting(role) });

  it.each(["kubeflow-admin", "kubeflow-edit", "kubeflow-view"])(
    "%s is the profile controller's to do",
    async (role) => {
      await expect(grant(PROFILES, role)).resolves.toMatchObject({ roleRef: { name: role } });
    },
  );

  it.each(["cluster-admin", "admin", "kubeflow-metacontroller"])("%s is not", async (role) => {
    await expect(grant(PROFILES, role)).rejects.toMatchObject({ code: 403 });
  });

  it("is nothing that the metacontroller does", async () => {
    await expect(grant(METACONTROLLER, "kubeflow-view")).rejects.toMatchObject({ code: 403 });
  });

  it("leaves the metacontroller the Secret of a profile, and no other", async () => {
    const api = as(METACONTROLLER).makeApiClient(CoreV1Api);
    for (const name of ["mlpipeline-minio-artifact", "another"]) {
      await api.createNamespacedSecret({ namespace: "team", body: { metadata: { name } } });
    }
    const remove = (name: string) => api.deleteNamespacedSecret({ namespace: "team", name });
    await expect(remove("mlpipeline-minio-artifact")).resolves.toMatchObject({ status: "Success" });
    await expect(remove("another")).rejects.toMatchObject({ code: 403 });
  });
});
