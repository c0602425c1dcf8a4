import { beforeAll, describe, expect, it } from "vitest";
import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { accessAdjustment } from "../../../../components/kubeflow/access/index.ts";
import type { Permission } from "../../../../components/kubeflow/access/privileges.ts";
import { serviceAccountOf, workloadOf } from "../../../../components/kubeflow/order/workload.ts";
import { each, type Plan, planInstall } from "../../../../components/kubeflow/plan.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { withdrawals181 } from "../../../../components/kubeflow/releases/1.8.1/withdrawals.ts";
import { privileges181 } from "../../../../components/kubeflow/releases/1.8.1/privileges/index.ts";
import { repaired } from "../../../../components/kubeflow/repairs/index.ts";
import { realRelease } from "../../../kit/release.ts";

const RBAC = "rbac.authorization.k8s.io";
const BINDINGS = new Set([`ClusterRoleBinding.${RBAC}`, `RoleBinding.${RBAC}`]);
const ROLES = new Set([`ClusterRole.${RBAC}`, `Role.${RBAC}`]);
/** The core group and those that every cluster serves itself. */
const BUILT_IN = new Set(["*", "", "apps", "batch", "autoscaling", "policy", "extensions", RBAC]);

let shipped: readonly KubernetesObject[];
let plan: Plan;
let planned: readonly KubernetesObject[];

beforeAll(async () => {
  shipped = (await realRelease()).map(({ object }) => repaired(object));
  plan = planInstall(releases["1.8.1"], await realRelease(), [
    each(repaired),
    accessAdjustment(releases["1.8.1"].access),
  ]);
  planned = plan.waves.flat();
});

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const rules = (role: KubernetesObject) => listAt(role, "rules") as readonly Rule[];
const holdersOf = (objects: readonly KubernetesObject[], matches: (rule: Rule, role: KubernetesObject) => boolean) =>
  objects
    .filter((object) => ROLES.has(groupKind(object)) && rules(object).some((rule) => matches(rule, object)))
    .map(objectId)
    .toSorted();
const find = (id: string) => planned.find((object) => objectId(object) === id);
const everyPermission = [
  ...privileges181.regrants.flatMap(({ permissions }) => permissions),
  ...Object.values(privileges181.roles).flat(),
];

describe("the permissions of the platform", () => {
  it("contain no binding to cluster-admin", () => {
    const admins = (objects: readonly KubernetesObject[]) =>
      objects
        .filter((object) => BINDINGS.has(groupKind(object)) && textAt(object, "roleRef", "name") === "cluster-admin")
        .map(objectId);
    expect(admins(shipped).toSorted()).toEqual([
      `ClusterRoleBinding.${RBAC} meta-controller-cluster-role-binding`,
      `ClusterRoleBinding.${RBAC} profiles-cluster-rolebinding`,
    ]);
    expect(admins(planned)).toEqual([]);
  });

  it("contain no wildcard over groups that every cluster has", () => {
    const isWide = (rule: Rule) =>
      (rule.apiGroups ?? []).some((group) => BUILT_IN.has(group)) &&
      [...rule.verbs, ...(rule.resources ?? []), ...(rule.apiGroups ?? [])].includes("*");
    expect(holdersOf(shipped, isWide)).toEqual([
      `ClusterRole.${RBAC} katib-ui`,
      `ClusterRole.${RBAC} ml-pipeline-viewer-controller-role`,
      `ClusterRole.${RBAC} notebook-controller-role`,
      `Role.${RBAC} kubeflow/ml-pipeline-viewer-controller-role`,
      `Role.${RBAC} kubeflow/pipeline-runner`,
    ]);
    expect(holdersOf(planned, isWide)).toEqual([]);
  });

  it("show Secrets of every namespace to the controllers that keep them, and no longer to a web server", () => {
    const readers = (objects: readonly KubernetesObject[]) =>
      holdersOf(
        objects,
        (rule, role) =>
          role.kind === "ClusterRole" &&
          (rule.resources ?? []).includes("secrets") &&
          rule.resourceNames === undefined &&
          rule.verbs.some((verb) => ["get", "list", "watch", "*"].includes(verb)),
      );
    expect(readers(shipped).filter((role) => !readers(planned).includes(role))).toEqual([
      `ClusterRole.${RBAC} ml-pipeline-ui`,
    ]);
    // Its cluster-admin saw them all; what it makes in each profile is watched everywhere.
    expect(readers(planned).filter((role) => !readers(shipped).includes(role))).toEqual([
      `ClusterRole.${RBAC} kubeflow-metacontroller`,
    ]);
    expect(rules(find(`Role.${RBAC} kubeflow/ml-pipeline-ui`) as KubernetesObject)).toContainEqual({
      apiGroups: [""],
      resources: ["secrets"],
      resourceNames: ["mlpipeline-minio-artifact"],
      verbs: ["get"],
    });
  });

  it("lose nothing but what the table names", () => {
    const named = new Set([...Object.keys(privileges181.roles), ...privileges181.unused]);
    const replaced = new Set(privileges181.regrants.map(({ binding }) => binding));
    const before = new Map(shipped.map((object) => [objectId(object), object]));
    for (const id of [...named, ...replaced]) expect(before.has(id), id).toBe(true);
    const gone = [...before.keys()].filter((id) => find(id) === undefined);
    expect(gone.toSorted()).toEqual([...privileges181.unused, ...replaced].toSorted());
    const changed = planned.filter(
      (object) =>
        groupKind(object).endsWith(RBAC) &&
        JSON.stringify(rules(object)) !== JSON.stringify(rules(before.get(objectId(object)) ?? object)),
    );
    const ofMembers = withdrawals181.flatMap(({ role, keptBy = role }) => [role, keptBy]);
    expect(changed.map(objectId).toSorted()).toEqual(
      [...new Set([...Object.keys(privileges181.roles), ...ofMembers])].toSorted(),
    );
  });

  it("are each asked for by a call in a source of a known version", () => {
    for (const { because, verbs } of everyPermission) {
      expect(because).toMatch(/\d+\.\d+\.\d+|Kubernetes/);
      expect(verbs.length).toBeGreaterThan(0);
      expect(verbs).not.toContain("*");
    }
  });

  it("let the profile controller grant the three roles of profiles and no other", () => {
    const binds = holdersOf(planned, (rule) => rule.verbs.some((verb) => ["bind", "escalate"].includes(verb)));
    expect(binds).toEqual([`ClusterRole.${RBAC} kubeflow-profiles-controller`]);
    const rule = rules(find(binds[0] ?? "") as KubernetesObject).find(({ verbs }) => verbs.includes("bind"));
    expect(rule?.resourceNames).toEqual(["kubeflow-admin", "kubeflow-edit", "kubeflow-view"]);
    for (const name of rule?.resourceNames ?? []) expect(find(`ClusterRole.${RBAC} ${name}`)).toBeDefined();
  });

  it("stand before the workloads that use them", () => {
    const wave = (id: string) => plan.waves.findIndex((objects) => objects.some((object) => objectId(object) === id));
    for (const [name, workload] of [
      ["kubeflow-metacontroller", "StatefulSet.apps kubeflow/metacontroller"],
      ["kubeflow-profiles-controller", "Deployment.apps kubeflow/profiles-deployment"],
    ]) {
      const [role, binding] = [wave(`ClusterRole.${RBAC} ${name}`), wave(`ClusterRoleBinding.${RBAC} ${name}`)];
      expect(role).toBeGreaterThanOrEqual(0);
      expect(binding).toBeGreaterThanOrEqual(role);
      expect(wave(workload ?? "")).toBeGreaterThan(binding);
    }
  });

  it("belong to no identity that is not there, and take none away that something runs as", () => {
    const accounts = new Set(planned.filter(({ kind }) => kind === "ServiceAccount").map(objectId));
    for (const workload of planned.map(workloadOf).filter((it) => it !== undefined)) {
      const account = serviceAccountOf(workload);
      if (account !== "default") expect(accounts).toContain(`ServiceAccount ${workload.namespace}/${account}`);
    }
    expect(JSON.stringify(planned.filter(({ kind }) => kind !== "CustomResourceDefinition"))).not.toContain(
      "pipeline-runner",
    );
  });
});

describe("what the metacontroller may do", () => {
  const granted = (verb: string, group: string, resource: string) =>
    (privileges181.regrants[0]?.permissions ?? []).filter(
      (permission: Permission) =>
        permission.group === group && permission.resources.includes(resource) && permission.verbs.includes(verb),
    );

  it("covers parents and children of every controller that is given to it", () => {
    const controllers = shipped.filter((object) => groupKind(object).endsWith("Controller.metacontroller.k8s.io"));
    expect(controllers.length).toBe(1);
    for (const controller of controllers) {
      const parent = textAt(controller, "spec", "parentResource", "resource") ?? "";
      for (const verb of ["get", "list", "watch"]) expect(granted(verb, "", parent).length).toBe(1);
      for (const child of listAt(controller, "spec", "childResources")) {
        const [version = "", resource = ""] = [textAt(child, "apiVersion"), textAt(child, "resource")];
        const group = version.includes("/") ? (version.split("/")[0] ?? "") : "";
        for (const verb of ["list", "watch", "create"]) {
          expect(granted(verb, group, resource).length, `${verb} ${resource}`).toBe(1);
        }
      }
    }
  });

  it("changes only objects of the names that the hook of the profiles returns", () => {
    const code = shipped.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.includes("profile-controller-code"),
    );
    const script = textAt(code, "data", "sync.py") ?? "";
    const returned = new Map<string, Set<string>>();
    const objects = /"kind": "(\w+)",\s*"metadata": \{\s*(?:"labels": \{[^}]*\},\s*)?"name": "([\w-]+)"/g;
    for (const [, kind = "", name = ""] of script.matchAll(objects)) {
      returned.set(kind, (returned.get(kind) ?? new Set<string>()).add(name));
    }
    expect([...returned.values()].reduce((sum, names) => sum + names.size, 0)).toBe(9);
    const plurals: Record<string, [group: string, resource: string]> = {
      Secret: ["", "secrets"],
      ConfigMap: ["", "configmaps"],
      Service: ["", "services"],
      Deployment: ["apps", "deployments"],
      DestinationRule: ["networking.istio.io", "destinationrules"],
      AuthorizationPolicy: ["security.istio.io", "authorizationpolicies"],
    };
    expect([...returned.keys()].toSorted()).toEqual(Object.keys(plurals).toSorted());
    for (const [kind, names] of returned) {
      const [group, resource] = plurals[kind] ?? ["", ""];
      for (const verb of ["get", "update", "delete"]) {
        const permissions = granted(verb, group, resource);
        expect(
          permissions.flatMap((permission) => permission.names ?? ["every name"]).toSorted(),
          `${verb} ${resource}`,
        ).toEqual([...names].toSorted());
      }
    }
  });
});
