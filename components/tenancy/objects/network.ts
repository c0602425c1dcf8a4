import type { KubernetesObject } from "../../kit/objects.ts";
import { PRIVATE_RANGES } from "../../kubeflow/network/blocks.ts";
import { type Opening, policy, rulesOf } from "../../kubeflow/network/policies.ts";
import { ownStoreOf } from "../object-store/objects.ts";
import { namespacePeer, type TenantPlatform } from "../platform.ts";
import type { Destination } from "../settings.ts";
import type { Egress, Tenant } from "../tenants.ts";

/** Ports of API servers: of their Service and, behind it, of their own. */
const API_SERVER_PORTS = [443, 6443];

/** Addresses that are not of the internet: private ones, and those of one link, the machine's metadata among them. */
const NOT_INTERNET = [...PRIVATE_RANGES, "169.254.0.0/16", "fe80::/10"];
const INTERNET = ["0.0.0.0/0", "::/0"];

/** Where agents of cloud identities answer the pods of their node. */
const CREDENTIALS = {
  podIdentity: [
    { port: 80, peer: addresses("169.254.170.23/32") },
    { port: 80, peer: addresses("fd00:ec2::23/128") },
  ],
  workloadIdentity: [
    { port: 80, peer: addresses("169.254.169.254/32") },
    { port: 8080, peer: addresses("169.254.169.254/32") },
    { port: 988, peer: addresses("169.254.169.252/32") },
  ],
};

export interface NetworkContext {
  /** All profiles, whose ways to this one open it. */
  readonly tenants: readonly Tenant[];
  readonly apiServer: readonly string[];
}

/**
 * The one NetworkPolicy of a profile. Nothing comes in or goes out but what the platform needs, what the settings allow,
 * and what stays within the namespace.
 */
export function networkPolicy(tenant: Tenant, platform: TenantPlatform, context: NetworkContext): KubernetesObject {
  const within: Opening = { port: undefined, peer: { podSelector: {} } };
  const ingress: Opening[] = [within, ...platform.ingress, ...visitorsOf(tenant, context.tenants).flatMap(fromProfile)];
  const egress: Opening[] = [
    within,
    ...platform.egress,
    ...wayToStore(tenant, platform),
    ...context.apiServer.flatMap((range) => API_SERVER_PORTS.map((port) => ({ port, peer: addresses(range) }))),
    ...tenant.egress.flatMap(openingsOf),
    ...(tenant.identity?.podIdentity !== undefined ? CREDENTIALS.podIdentity : []),
    ...(tenant.identity?.workloadIdentity === undefined ? [] : CREDENTIALS.workloadIdentity),
  ];
  return policy(tenant.name, "profile", "what no setting and no part of the platform needs stays out, and in", {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: rulesOf(ingress, "from"),
    egress: [platform.nameResolution, ...rulesOf(egress, "to")],
  });
}

/** To an object store outside the cluster: by its name alone nobody knows where it is. */
function wayToStore(tenant: Tenant, platform: TenantPlatform): Opening[] {
  const endpoint = tenant.objectStore?.endpoint && ownStoreOf(tenant, platform)?.endpoint;
  if (!endpoint) return platform.outside === undefined ? [] : openingsOf(internet(platform.outside.port));
  if (!IPV4.test(endpoint.host)) return openingsOf(internet(endpoint.port));
  return [{ port: endpoint.port, peer: addresses(`${endpoint.host}/32`) }];
}

const IPV4 = /^\d+(\.\d+){3}$/;

function internet(port: number): Egress {
  return { to: { kind: "internet" }, ports: [port] };
}

/**
 * Lets other profiles through the sidecars of this one, where the settings lead them here: the profile's own policy
 * admits its own namespace and its people only.
 */
export function visitorPolicies(tenant: Tenant, { tenants }: NetworkContext): KubernetesObject[] {
  const visitors = visitorsOf(tenant, tenants);
  if (visitors.length === 0) return [];
  return [
    {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name: "other-profiles", namespace: tenant.name },
      spec: {
        action: "ALLOW",
        rules: visitors.map(({ name, ports }) => ({
          from: [{ source: { namespaces: [name] } }],
          to: [{ operation: { ports: ports.map(String) } }],
        })),
      },
    },
  ];
}

interface Visitor {
  readonly name: string;
  readonly ports: readonly number[];
}

/** The profiles whose settings lead to this one. */
function visitorsOf(tenant: Tenant, tenants: readonly Tenant[]): Visitor[] {
  return tenants.flatMap(({ name, egress }) => {
    const ports = egress
      .filter(({ to }) => to.kind === "profile" && to.name === tenant.name)
      .flatMap((leading) => leading.ports);
    return ports.length === 0 ? [] : [{ name, ports: [...new Set(ports)].sort((a, b) => a - b) }];
  });
}

function fromProfile({ name, ports }: Visitor): Opening[] {
  return ports.map((port) => ({ port, peer: namespacePeer(name) }));
}

function openingsOf({ to, ports }: Egress): Opening[] {
  return peersOf(to).flatMap((peer) => ports.map((port) => ({ port, peer })));
}

function peersOf(to: Destination): object[] {
  switch (to.kind) {
    case "internet":
      return INTERNET.map((cidr) => ({
        ipBlock: { cidr, except: NOT_INTERNET.filter((range) => range.includes(":") === cidr.includes(":")) },
      }));
    case "addresses":
      return [addresses(to.cidr)];
    default:
      return [namespacePeer(to.name)];
  }
}

function addresses(cidr: string): object {
  return { ipBlock: { cidr } };
}
