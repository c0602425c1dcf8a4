import type * as pulumi from "@pulumi/pulumi";
import { listAt } from "../kit/objects.ts";
import type { IngressSettings } from "../kubeflow/ingress/settings.ts";
import type { Cluster, LoadBalancerAddress } from "./contract.ts";

/** The settings of the way in with what the cluster's cloud wants to hear; the settings' own annotations win. */
export function exposedOn(cluster: Cluster, ingress: IngressSettings): IngressSettings {
  const { service } = ingress;
  if (service.type !== "LoadBalancer") return ingress;
  const annotations = { ...cluster.loadBalancerAnnotations(service.visibility), ...service.annotations };
  return { ...ingress, service: { ...service, annotations } };
}

/**
 * Leads the platform's names to its load balancer: by records in the cloud's DNS where its zone is given, else by
 * returning the records that somebody has to make. Without a load balancer there are none.
 */
export function nameWayIn(
  cluster: Cluster,
  { host, service, dnsZone }: IngressSettings,
  target: pulumi.Output<LoadBalancerAddress>,
): pulumi.Output<string[]> | undefined {
  if (service.type !== "LoadBalancer") return undefined;
  const hosts = [host, `*.${host}`];
  if (dnsZone === undefined || cluster.createDnsRecords === undefined) {
    return target.apply((address) => hosts.map((name) => recordText(name, address)));
  }
  cluster.createDnsRecords("way-in", { zone: dnsZone, hosts, target });
  return undefined;
}

/** The first address of a live Service; without one where it has none yet. */
export function loadBalancerAddress(service: unknown): LoadBalancerAddress {
  return listAt(service, "status", "loadBalancer", "ingress")[0] ?? {};
}

/** A record that leads a name to a load balancer, for whoever has to make it. */
export function recordText(name: string, { hostname, ip }: LoadBalancerAddress): string {
  return hostname === undefined ? `${name} A ${ip ?? "(no address yet)"}` : `${name} CNAME ${hostname}`;
}
