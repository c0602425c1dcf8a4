import { labelsAt, listAt } from "../../../kit/objects.ts";
import type { Endpoint, PodEndpoint } from "../../../kubeflow/network/reach.ts";
import type { Cluster } from "../cluster.ts";
import { type Called, type HttpRequest, principalOf } from "../mesh/index.ts";
import { serviceAccountOf } from "../../../kubeflow/order/workload.ts";
import type { Caller } from "./callers.ts";
import { type PlatformPort, platformPorts } from "./platform.ts";
import { edgesIn, type PortRange, rangesBetween } from "./ports.ts";

const POLICY = "NetworkPolicy.networking.k8s.io";

/** Who gets through to whom, by the network and, where a sidecar answers, by the mesh. */
export interface Connections {
  /** Ports of the platform that a caller gets through to, and whether it may name any user there. */
  readonly toPlatform: (caller: Caller) => readonly { readonly port: PlatformPort; readonly asAnybody: boolean }[];
  /** Ports of a profile's pods that a caller gets through to. As no pod needs a sidecar, only the network counts. */
  readonly toProfile: (caller: Caller, profile: string) => readonly PortRange[];
  /** Whether pods of a profile with a sidecar take what a caller sends as coming from the profile's owner. */
  readonly asOwner: (caller: Caller, profile: string) => boolean;
  /** Whether the gateway's requests for a user are let in to a profile's pods. */
  readonly byGateway: (user: string, profile: string) => boolean;
  /** Ports of an address outside of the cluster. */
  readonly toAddress: (caller: Caller, address: string) => readonly PortRange[];
}

export function connectionsIn(cluster: Cluster): Connections {
  const { inventory, way, admits, sso, profiles, namespaces, pods } = cluster;
  const ports = platformPorts(namespaces.platform, inventory);
  const policies = Map.groupBy(inventory.ofKind(POLICY), ({ metadata }) => metadata.namespace ?? "default");
  const edges = new Map([...policies].map(([namespace, all]) => [namespace, edgesIn(all)]));
  const edgesOf = (end: Endpoint) => ("namespace" in end ? (edges.get(end.namespace) ?? []) : []);
  const asked = askOnce((from: PodEndpoint, to: Endpoint) => {
    const isOpen = way(from, to);
    return rangesBetween([...edgesOf(from), ...edgesOf(to)], (port, protocol) => isOpen({ port, protocol }));
  });
  const toProfile: Connections["toProfile"] = ({ endpoint }, profile) => {
    const pod = pods.get(profile);
    return pod === undefined ? [] : asked(endpoint, pod);
  };
  const callable = new Map(namespaces.profiles.map((profile) => [profile, calledIn(profile, cluster)]));
  const isAdmitted = (profile: string, principal: string | undefined, headers: HttpRequest["headers"]) =>
    (callable.get(profile) ?? []).some((called) =>
      admits(called, { ...(principal === undefined ? {} : { principal }), port: called.port, http: page(headers) }),
    );
  const gateways = gatewaysIn(cluster);
  const user = (name: string) => ({ [sso.userIdHeader.toLowerCase()]: `${sso.userIdPrefix}${name}` });

  return {
    toProfile,
    toPlatform: (caller) =>
      ports
        .filter((port) => way(caller.endpoint, port.endpoint)({ port: port.port, protocol: "TCP" }))
        .filter((port) => isTaken(caller, port, [undefined, page({})]))
        .map((port) => ({ port, asAnybody: port.believesHeader && isTaken(caller, port, [page(user(SOMEBODY))]) })),
    asOwner: (caller, profile) => {
      const header = user(profiles.get(profile)?.spec.owner.name ?? "");
      return (
        toProfile(caller, profile).length > 0 &&
        caller.identities.some((it) => isAdmitted(profile, it, header) && !isAdmitted(profile, it, {}))
      );
    },
    byGateway: (name, profile) =>
      gateways.some((gateway) => toProfile(gateway, profile).length > 0) &&
      isAdmitted(profile, sso.ingressPrincipal, user(name)),
    toAddress: ({ endpoint }, address) => asked(endpoint, { address }),
  };

  function isTaken(caller: Caller, port: PlatformPort, requests: readonly (HttpRequest | undefined)[]): boolean {
    if (port.mutualTls === "none") return true;
    const shown = caller.identities.filter((principal) => principal !== undefined || port.mutualTls === "accepted");
    return shown.some((principal) =>
      requests.some((http) =>
        admits(port, {
          ...(principal === undefined ? {} : { principal }),
          ...(http === undefined ? {} : { http }),
          port: port.port,
        }),
      ),
    );
  }
}

/** A user whom no setting knows. */
const SOMEBODY = "somebody.else@example.org";

/** A page that no policy names. */
function page(headers: HttpRequest["headers"]): HttpRequest {
  return { method: "GET", host: "kubeflow", path: "/somewhere/", headers };
}

/** Pods that the policies of a profile tell apart: labels and ports that they name, and others. */
function calledIn(profile: string, { inventory }: Cluster): (Called & { readonly port: number })[] {
  const policies = inventory
    .ofKind("AuthorizationPolicy.security.istio.io")
    .filter(({ metadata }) => metadata.namespace === profile);
  const labels = [{}, ...policies.map((policy) => labelsAt(policy, "spec", "selector", "matchLabels"))];
  const ports = policies
    .flatMap((policy) => listAt(policy, "spec", "rules"))
    .flatMap((rule) => listAt(rule, "to"))
    .flatMap((to) => listAt((to as { operation?: unknown }).operation, "ports"));
  const numbers = [...new Set([8888, ...ports.map(Number)])];
  const distinct = new Map(labels.map((it) => [JSON.stringify(it), it]));
  return [...distinct.values()].flatMap((it) => numbers.map((port) => ({ namespace: profile, labels: it, port })));
}

/** The pods that show the principal of the gateway. */
function gatewaysIn({ inventory, sso, endpointOf }: Cluster): Caller[] {
  return inventory.workloads
    .filter((workload) => principalOf(workload.namespace, serviceAccountOf(workload)) === sso.ingressPrincipal)
    .map((workload) => ({ endpoint: endpointOf(workload), identities: [sso.ingressPrincipal] }));
}

/** A function of two endpoints that remembers its answers. */
function askOnce<T>(ask: (from: PodEndpoint, to: Endpoint) => T): typeof ask {
  const answers = new Map<PodEndpoint, Map<string, T>>();
  return (from, to) => {
    const known = answers.get(from) ?? new Map<string, T>();
    answers.set(from, known);
    const key = "namespace" in to ? to.namespace : to.address;
    const answer = known.get(key) ?? ask(from, to);
    known.set(key, answer);
    return answer;
  };
}
