import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { isAdmitted } from "../../../../components/kubeflow/network/authorization.ts";
import { type Flow, nameOf, PROFILE_LABEL, targetOf } from "../../../../components/kubeflow/network/flows.ts";
import { flowsOf, networkAdjustment, type NetworkOptions } from "../../../../components/kubeflow/network/index.ts";
import { hasSidecar, isRedirected } from "../../../../components/kubeflow/network/mesh.ts";
import { NODE_LOCAL_CACHE } from "../../../../components/kubeflow/network/name-resolution.ts";
import { plainPorts } from "../../../../components/kubeflow/network/mutual-tls.ts";
import { type Endpoint, type PodEndpoint, reachesUnder } from "../../../../components/kubeflow/network/reach.ts";
import {
  endpointOf,
  OUTSIDE,
  OTHER_PODS,
  PROFILES,
  reachabilityOf,
} from "../../../../components/kubeflow/network/reachability.ts";
import { serviceAt } from "../../../../components/kubeflow/network/services.ts";
import { type Inventory, inventoryOf } from "../../../../components/kubeflow/order/inventory.ts";
import { serviceAccountOf } from "../../../../components/kubeflow/order/workload.ts";
import { each, type Plan, planInstall } from "../../../../components/kubeflow/plan.ts";
import { repaired } from "../../../../components/kubeflow/repairs/index.ts";
import { traffic181 } from "../../../../components/kubeflow/releases/1.8.1/flows.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { loadRelease, type SourcedObject } from "../../../../components/kubeflow/release/index.ts";
import { networkPage } from "../../../kit/network-page.ts";
import { EVERY_COMPONENT, plannedRelease, realRelease } from "../../../kit/release.ts";

const PAGE = fileURLToPath(new URL("../../../../docs/network-1.8.1.md", import.meta.url));
const OPTIONS: NetworkOptions = { traffic: traffic181, metricsFrom: [], nameServers: [NODE_LOCAL_CACHE] };

/** Who may be asked for names, or pretend to be. */
const PORT_53: Readonly<Record<string, Endpoint>> = {
  CoreDNS: systemPod("kube-dns"),
  "pods of the cache": systemPod("node-local-dns"),
  "other pods of kube-system": systemPod("metrics-server"),
  "pods of profiles": { ...systemPod("kube-dns"), namespace: "team", namespaceLabels: PROFILE_LABEL },
  "cache of the node": { address: "169.254.20.10" },
  metadata: { address: "169.254.169.254" },
  internet: { address: "203.0.113.1" },
};

let release: SourcedObject[];
let plan: Plan;
let objects: KubernetesObject[];
let inventory: Inventory;
let flows: Flow[];

function planned(shipped: readonly SourcedObject[], options = OPTIONS): Plan {
  return planInstall(releases["1.8.1"], shipped, [each(repaired), networkAdjustment(options)]);
}

beforeAll(async () => {
  release = await realRelease();
  plan = planned(release);
  objects = plan.waves.flat();
  inventory = inventoryOf(objects);
  flows = flowsOf(inventory, OPTIONS);
});

const workload = (name: string) => {
  const found = inventory.workloads.find((candidate) => nameOf(candidate) === name);
  if (found === undefined) throw new Error(`${name} is not in the release`);
  return found;
};

function systemPod(name: string): PodEndpoint {
  const labels = { "kubernetes.io/metadata.name": "kube-system" };
  return { namespace: "kube-system", namespaceLabels: labels, labels: { "k8s-app": name } };
}

const sourceName = ({ from }: Flow) =>
  ({
    anywhere: OUTSIDE,
    profiles: PROFILES,
    namespaces: "",
    workload: from.kind === "workload" ? nameOf(from.workload) : "",
  })[from.kind];

describe("the network of v1.8.1", () => {
  it("is the one that was reviewed", async () => {
    const page = networkPage("1.8.1", (await plannedRelease({ components: EVERY_COMPONENT })).waves.flat());
    const options = await resolveConfig(PAGE);
    await expect(await format(page, { ...options, filepath: PAGE })).toMatchFileSnapshot(PAGE);
  });

  it("is open where a flow is known, and nowhere else", () => {
    const open = reachabilityOf(objects).flatMap(({ from, to, port }) => {
      const named = from.includes(OUTSIDE) ? [OUTSIDE] : from;
      return named.map((source) => `${source} -> ${to}:${port}`);
    });
    const known = flows.map((flow) => `${sourceName(flow)} -> ${flow.to.namespace}/${flow.to.name}:${flow.port}`);
    const isCoveredByAny = (line: string) => known.includes(line.replace(/^.* ->/, `${OUTSIDE} ->`));
    const wanted = known.filter((line) => line.startsWith(OUTSIDE) || !isCoveredByAny(line));
    const solver = "istio-system/istio-ingressgateway -> istio-system/acme-solver:8089";
    expect(new Set(open)).toEqual(new Set(wanted).difference(new Set([solver])));
  });

  it("lets the outside in by the gateway and to webhooks, and other pods no further", () => {
    const reached = (group: string) =>
      reachabilityOf(objects)
        .filter(({ from }) => from.includes(group))
        .map(({ to, port }) => `${to}:${port}`)
        .sort();
    expect(reached(OUTSIDE)).toEqual([
      "cert-manager/cert-manager-webhook:10250",
      "istio-system/istio-ingressgateway:15021",
      "istio-system/istio-ingressgateway:8080",
      "istio-system/istio-ingressgateway:8443",
      "istio-system/istiod:15017",
      "knative-eventing/eventing-webhook:8443",
      "knative-serving/domainmapping-webhook:8443",
      "knative-serving/net-istio-webhook:8443",
      "knative-serving/webhook:8443",
      "kubeflow/admission-webhook-deployment:4443",
      "kubeflow/cache-server:8443",
      "kubeflow/katib-controller:8443",
      "kubeflow/kserve-controller-manager:9443",
      "kubeflow/pvcviewer-controller-manager:9443",
    ]);
    expect(reached(OTHER_PODS)).toEqual(reached(OUTSIDE));
  });

  it("denies by default in each of the six namespaces", () => {
    const denying = inventory
      .ofKind("NetworkPolicy.networking.k8s.io")
      .filter(({ metadata }) => metadata.name === "default-deny")
      .map(({ metadata }) => metadata.namespace);
    expect(denying.toSorted()).toEqual([
      "auth",
      "cert-manager",
      "istio-system",
      "knative-eventing",
      "knative-serving",
      "kubeflow",
    ]);
  });

  it("lets what is sealed ask the cluster's resolvers and those that are named, and nobody else on their port", () => {
    const reached = (nameServers: readonly string[]) => {
      const all = planned(release, { ...OPTIONS, nameServers }).waves.flat();
      const reach = reachesUnder(all.filter(({ kind }) => kind === "NetworkPolicy"));
      return traffic181.sealed.map((name) =>
        Object.entries(PORT_53)
          .filter(([, to]) => reach(endpointOf(workload(name), inventory), to, { port: 53, protocol: "UDP" }))
          .map(([to]) => to),
      );
    };
    const known = ["CoreDNS", "pods of the cache"];
    expect(reached(OPTIONS.nameServers)).toEqual(traffic181.sealed.map(() => [...known, "cache of the node"]));
    expect(reached([])).toEqual(traffic181.sealed.map(() => known));
    expect(reached(["169.254.169.254/32"])).toEqual(traffic181.sealed.map(() => [...known, "metadata"]));
  });

  it("is not opened for pods beside those that are meant", () => {
    for (const target of inventory.workloads.map(targetOf)) {
      const selected = inventory.workloads.filter(
        ({ namespace, labels }) =>
          namespace === target.namespace &&
          Object.entries(target.labels).every(([key, value]) => labels[key] === value),
      );
      expect(selected.map(nameOf)).toEqual([`${target.namespace}/${target.name}`]);
    }
  });

  it("stands before anything that could be reached", () => {
    const waveOf = (kind: string) =>
      plan.waves.flatMap((wave, number) => wave.filter((object) => object.kind === kind).map(() => number));
    expect(Math.max(...waveOf("NetworkPolicy"))).toBeLessThanOrEqual(Math.min(...waveOf("Deployment")));
    expect(Math.max(...waveOf("PeerAuthentication"))).toBeLessThanOrEqual(Math.min(...waveOf("Gateway")) - 1);
  });

  it("does not depend on the order of the objects", () => {
    const reversed = planned(release.toReversed()).waves.flat();
    const policies = (all: readonly KubernetesObject[]) =>
      new Map(all.filter(({ kind }) => kind === "NetworkPolicy").map((policy) => [objectId(policy), policy]));
    expect(policies(reversed)).toEqual(policies(objects));
  });

  it("without Katib is the same without Katib", () => {
    const without = planned(release.filter(({ origin }) => !origin.startsWith("apps/katib/"))).waves.flat();
    const names = without.filter(({ kind }) => kind === "NetworkPolicy").map(({ metadata }) => metadata.name);
    expect(names.filter((name) => name.startsWith("katib"))).toEqual([]);
    expect(names).toContain("mysql");
  });

  it("gives metrics to the namespaces that are named, and isolates nothing in namespaces of others", async () => {
    const withCni = await loadRelease(releases["1.8.1"], undefined, { extras: ["istio-cni"] });
    const watched = planned(withCni, { ...OPTIONS, metricsFrom: ["monitoring"] }).waves.flat();
    const opened = watched.filter((object) => JSON.stringify(object).includes('"monitoring"'));
    expect(opened.length).toBeGreaterThan(20);
    expect(opened.filter(({ kind }) => kind !== "NetworkPolicy")).toEqual([]);
    expect(opened.filter(({ metadata }) => metadata.namespace === "kube-system")).toEqual([]);
    expect(objects.filter((object) => JSON.stringify(object).includes('"monitoring"'))).toEqual([]);
  });
});

describe("the reviewed flows", () => {
  it("are between parties and on ports that v1.8.1 has", () => {
    const names = traffic181.flows.flatMap(({ from, to }) => [
      ...(typeof from === "string" ? [] : from),
      ...(typeof to === "string" ? [to] : []),
    ]);
    for (const name of [...names, ...traffic181.sealed]) expect(workload(name)).toBeDefined();
    const ports = new Set(reachabilityOf(objects).map(({ to, port }) => `${to}:${port}`));
    for (const { to, ports: open } of traffic181.flows) {
      if (typeof to === "string") for (const port of open) expect(ports).toContain(`${to}:${port}`);
    }
  });

  it("are not what a rule finds anyway", () => {
    const derived = flowsOf(inventory, { ...OPTIONS, traffic: { flows: [], intoProfiles: [], sealed: [] } });
    const lineOf = (flow: Flow) => `${sourceName(flow)} ${flow.from.kind} ${flow.to.name} ${flow.port}`;
    const reviewed = flows.slice(-flows.length + derived.length).map(lineOf);
    expect(reviewed.filter((line) => derived.map(lineOf).includes(line))).toEqual([]);
  });

  it("seal only what has no rights at the API server", () => {
    const bound = objects
      .filter(({ kind }) => kind === "RoleBinding" || kind === "ClusterRoleBinding")
      .flatMap((binding) => listAt(binding, "subjects"))
      .map((subject) => `${textAt(subject, "namespace")}/${textAt(subject, "name")}`);
    for (const name of traffic181.sealed) {
      const { namespace } = workload(name);
      expect(bound).not.toContain(`${namespace}/${serviceAccountOf(workload(name))}`);
    }
  });
});

describe("mutual TLS in v1.8.1", () => {
  it("is required but on the ports of webhooks and those that pods without a sidecar use", () => {
    expect(objects.map(objectId)).toContain("PeerAuthentication.security.istio.io istio-system/default");
    const plain = reachabilityOf(objects).filter(({ mutualTls }) => mutualTls === "accepted");
    expect(plain.map(({ to, port }) => `${to}:${port}`).sort()).toEqual([
      "knative-serving/domainmapping-webhook:8443",
      "knative-serving/net-istio-webhook:8443",
      "knative-serving/webhook:8443",
      "kubeflow/cache-server:8443",
      "kubeflow/metadata-grpc-deployment:8080",
      "kubeflow/minio:9000",
      "kubeflow/ml-pipeline:8887",
      "kubeflow/ml-pipeline:8888",
    ]);
  });

  it("cuts no known flow: what comes without a sidecar finds a plain port or no sidecar", () => {
    const plain = plainPorts(flows, inventory);
    const reach = new Map(reachabilityOf(objects).map((one) => [`${one.to}:${one.port}`, one.mutualTls]));
    for (const [{ namespace, object }, ports] of plain) {
      for (const port of ports) expect(reach.get(`${namespace}/${object.metadata.name}:${port}`)).toBe("accepted");
    }
  });

  it("leaves one policy for each workload, since Istio heeds the older of two", () => {
    const policies = inventory.ofKind("PeerAuthentication.security.istio.io");
    const selectors = policies.map((policy) => JSON.stringify([policy.metadata.namespace, policy["spec"]]));
    expect(new Set(selectors).size).toBe(policies.length);
    expect(policies.length).toBe(8);
  });

  it("is what DestinationRules ask for only where a sidecar answers", () => {
    const rules = inventory.ofKind("DestinationRule.networking.istio.io");
    expect(rules.length).toBe(10);
    for (const rule of rules) {
      expect(textAt(rule, "spec", "trafficPolicy", "tls", "mode"), objectId(rule)).toBe("ISTIO_MUTUAL");
      const host = textAt(rule, "spec", "host") ?? "";
      const named = serviceAt(host, rule.metadata.namespace ?? "", inventory);
      const services = host.startsWith("*.")
        ? inventory.ofKind("Service").filter(({ metadata }) => host.startsWith(`*.${metadata.namespace}.`))
        : [named];
      const behind = services.flatMap((service) => (service === undefined ? [] : inventory.behind(service)));
      expect(behind.length, objectId(rule)).toBeGreaterThan(0);
      for (const answering of behind) expect(hasSidecar(answering, inventory), nameOf(answering)).toBe(true);
    }
  });

  it("comes with an AuthorizationPolicy for everything that is reached through a sidecar", () => {
    const through = (all: Inventory) =>
      flowsOf(all, OPTIONS).filter(
        ({ to, port }) => to.workload && hasSidecar(to.workload, all) && isRedirected(to.workload, port),
      );
    for (const { from, to } of through(inventory)) {
      if (to.workload) expect(isAdmitted(from, to.workload, inventory), to.name).toBe(true);
    }
    const added = objects.filter(({ kind }) => kind === "AuthorizationPolicy").map(objectId);
    const shipped = release.map(({ object }) => objectId(object));
    expect(added.filter((id) => !shipped.includes(id))).toEqual([
      "AuthorizationPolicy.security.istio.io knative-serving/domainmapping-webhook",
    ]);
  });
});
