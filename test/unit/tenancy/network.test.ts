import { beforeAll, describe, expect, it } from "vitest";
import { at, groupKind, type KubernetesObject, listAt } from "../../../components/kit/objects.ts";
import { nameOf } from "../../../components/kubeflow/network/flows.ts";
import {
  type Endpoint,
  namespaceLabels,
  type PodEndpoint,
  reaches,
} from "../../../components/kubeflow/network/reach.ts";
import { endpointOf } from "../../../components/kubeflow/network/reachability.ts";
import { type Inventory, inventoryOf } from "../../../components/kubeflow/order/inventory.ts";
import type { TenantObjects } from "../../../components/tenancy/objects/index.ts";
import { plannedRelease } from "../../kit/release.ts";
import { objectsOf, settingsOf, tenantsOn, threeTeams } from "../../kit/tenancy/tenants.ts";

const OUTSIDE: Endpoint = { address: "203.0.113.1" };
const PRIVATE: Endpoint = { address: "10.1.2.3" };
const METADATA: Endpoint = { address: "169.254.169.254" };
const RESOLVER: Endpoint = {
  namespace: "kube-system",
  namespaceLabels: { "kubernetes.io/metadata.name": "kube-system" },
  labels: { "k8s-app": "kube-dns" },
};
const DATABASE: Endpoint = { address: "198.51.100.7" };

let tenants: ReadonlyMap<string, TenantObjects>;
let policies: readonly KubernetesObject[];
let inventory: Inventory;

beforeAll(async () => {
  tenants = await tenantsOn(await threeTeams());
  const objects = [...(await plannedRelease()).waves.flat(), ...[...tenants.values()].flatMap(objectsOf)];
  inventory = inventoryOf(objects);
  policies = objects.filter((object) => groupKind(object) === "NetworkPolicy.networking.k8s.io");
});

function podOf(profile: string): PodEndpoint {
  const namespace = tenants.get(profile)?.namespace as KubernetesObject;
  return { namespace: profile, namespaceLabels: namespaceLabels(namespace), labels: { app: "any" } };
}

function workload(name: string): PodEndpoint {
  const found = inventory.workloads.find((candidate) => nameOf(candidate) === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return endpointOf(found, inventory);
}

const reach = (from: Endpoint, to: Endpoint, port: number, protocol: "TCP" | "UDP" = "TCP") =>
  reaches(policies, from, to, { port, protocol });

describe("on the network", () => {
  it("profiles reach each other where the settings lead, on those ports, and nowhere else", () => {
    const names = [...tenants.keys()];
    const open = names.flatMap((from) =>
      names.flatMap((to) =>
        [80, 443, 3000, 5432, 6443, 8080, 8888, 9000]
          .filter((port) => from !== to && reach(podOf(from), podOf(to), port))
          .map((port) => `${from} -> ${to}:${port}`),
      ),
    );
    expect(open).toEqual(["fraud -> vision:8080"]);
  });

  it("a profile is open to itself on every port", () => {
    for (const name of tenants.keys()) expect(reach(podOf(name), podOf(name), 12345)).toBe(true);
  });

  it.each([
    ["kubeflow/minio", 9000],
    ["kubeflow/ml-pipeline", 8887],
    ["kubeflow/ml-pipeline", 8888],
    ["kubeflow/metadata-grpc-deployment", 8080],
    ["kubeflow/katib-db-manager", 6789],
    ["istio-system/istiod", 15012],
    ["istio-system/cluster-local-gateway", 8081],
    ["knative-serving/activator", 8012],
  ])("profiles reach %s:%i", (name, port) => {
    for (const profile of tenants.keys()) expect(reach(podOf(profile), workload(name), port), profile).toBe(true);
  });

  it.each([
    ["kubeflow/mysql", 3306],
    ["kubeflow/katib-mysql", 3306],
    ["kubeflow/profiles-deployment", 8081],
    ["kubeflow/ml-pipeline-ui", 3000],
    ["kubeflow/centraldashboard", 8082],
    ["auth/dex", 5556],
    ["istio-system/oidc-authservice", 8080],
    ["istio-system/istio-ingressgateway", 15090],
    ["kubeflow/katib-controller", 8443],
    ["cert-manager/cert-manager-webhook", 10250],
  ])("profiles do not reach %s:%i", (name, port) => {
    for (const profile of tenants.keys()) expect(reach(podOf(profile), workload(name), port), profile).toBe(false);
  });

  it.each([
    ["istio-system/istio-ingressgateway", 8888, true],
    ["istio-system/cluster-local-gateway", 8012, true],
    ["istio-system/cluster-local-gateway", 8888, false],
    ["knative-serving/autoscaler", 9090, true],
    ["kubeflow/ml-pipeline", 8888, true],
    ["kubeflow/ml-pipeline-ui", 3000, true],
    ["kubeflow/katib-controller", 6789, true],
    ["kubeflow/notebook-controller-deployment", 8888, true],
    ["kubeflow/minio", 8888, false],
    ["kubeflow/metacontroller", 8888, false],
    ["auth/dex", 8888, false],
  ])("%s reaches port %i of profiles: %s", (name, port, expected) => {
    for (const profile of tenants.keys()) expect(reach(workload(name), podOf(profile), port), profile).toBe(expected);
  });

  it("names are resolved, and the API server is reached where the settings say that it is", () => {
    for (const protocol of ["TCP", "UDP"] as const) {
      expect(reach(podOf("speech"), RESOLVER, 53, protocol)).toBe(true);
      expect(reach(podOf("speech"), { address: "169.254.20.10" }, 53, protocol)).toBe(true);
      for (const other of [OUTSIDE, PRIVATE, METADATA]) expect(reach(podOf("speech"), other, 53, protocol)).toBe(false);
    }
    expect(reach(podOf("speech"), PRIVATE, 6443)).toBe(true);
    expect(reach(podOf("speech"), PRIVATE, 10250)).toBe(false);
    expect(reach(podOf("speech"), OUTSIDE, 443)).toBe(false);
  });

  it("only those reach the outside whose settings do, and nobody the credentials of the node", () => {
    expect(reach(podOf("vision"), OUTSIDE, 443)).toBe(true);
    expect(reach(podOf("vision"), OUTSIDE, 80)).toBe(false);
    expect(reach(podOf("fraud"), DATABASE, 5432)).toBe(true);
    expect(reach(podOf("fraud"), DATABASE, 443)).toBe(false);
    for (const profile of tenants.keys()) expect(reach(podOf(profile), METADATA, 80), profile).toBe(false);
  });

  it("those with an identity of the cloud reach what gives it to them", async () => {
    const settings = settingsOf({
      profiles: [
        { name: "eks", owner: "a@example.com", identity: { podIdentity: true } },
        {
          name: "gke",
          owner: "a@example.com",
          identity: { workloadIdentity: "trainer@project-1.iam.gserviceaccount.com" },
        },
      ],
    });
    const made = await tenantsOn(settings);
    const own = [...made.values()].flatMap(objectsOf).filter(({ kind }) => kind === "NetworkPolicy");
    const from = (namespace: string) => ({ namespace, namespaceLabels: {}, labels: {} });
    const asked = (name: string, address: string, port: number) =>
      reaches(own, from(name), { address }, { port, protocol: "TCP" });
    expect(asked("eks", "169.254.170.23", 80)).toBe(true);
    expect(asked("eks", "169.254.169.254", 80)).toBe(false);
    expect(asked("gke", "169.254.169.254", 80)).toBe(true);
    expect(asked("gke", "169.254.170.23", 80)).toBe(false);
    expect(at(made.get("gke")?.profile, "spec", "plugins", 0, "kind")).toBe("WorkloadIdentity");
    expect(at(made.get("eks")?.profile, "spec", "plugins")).toBeUndefined();
  });

  it("a pod without a sidecar reaches what one with a sidecar does: no label of a pod opens anything", () => {
    const bare = { ...podOf("speech"), labels: { "sidecar.istio.io/inject": "false" } };
    for (const candidate of inventory.workloads) {
      const to = endpointOf(candidate, inventory);
      for (const { port } of to.ports ?? []) {
        expect(reach(bare, to, port), `${nameOf(candidate)}:${port}`).toBe(reach(podOf("speech"), to, port));
      }
    }
  });
});

describe("in the mesh", () => {
  const AUTHORIZATION = "AuthorizationPolicy.security.istio.io";

  it("a profile admits others where their settings lead to it, and its members through the gateway", () => {
    const own = inventory.ofKind(AUTHORIZATION).filter(({ metadata }) => metadata.namespace === "vision");
    expect(own.map(({ metadata }) => metadata.name)).toEqual([
      "user-ben-example-com-clusterrole-admin",
      "user-cleo-example-com-clusterrole-edit",
      "user-dan-example-com-clusterrole-edit",
      "other-profiles",
    ]);
    expect(listAt(own.at(-1), "spec", "rules")).toEqual([
      { from: [{ source: { namespaces: ["fraud"] } }], to: [{ operation: { ports: ["8080"] } }] },
    ]);
  });

  it("who may only look reaches the artifacts, and no notebook", () => {
    const viewers = inventory
      .ofKind(AUTHORIZATION)
      .filter(({ metadata }) => metadata.name.endsWith("clusterrole-view"));
    expect(viewers.length).toBe(3);
    for (const policy of viewers) {
      expect(at(policy, "spec", "selector", "matchLabels")).toEqual({ app: "ml-pipeline-ui-artifact" });
    }
  });
});
