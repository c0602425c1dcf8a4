import type { Service } from "./cluster.ts";
import { reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";

/** TEST-NET-3 (RFC 5737): reserved for documentation, so nobody is behind these addresses. */
const NETWORK = "203.0.113";
const LAST = 254;

/** Does what a cloud's load balancer controller does: gives each Service of that type an address. */
export function standInForLoadBalancers({ client, cluster, signal, log }: Context): void {
  const { services } = cluster;
  reconcile({ name: "load balancers", watches: [services], signal, log }, async () => {
    for (const { service, ip } of assignments(services.values())) {
      await client.patch(`${services.pathOf(service)}/status?fieldManager=cloud-controller-manager`, "merge-patch", {
        status: { loadBalancer: { ingress: [{ ip }] } },
      });
    }
  });
}

/** The Services that wait for an address, each with one that no other has. */
export function assignments(services: readonly Service[]): { service: Service; ip: string }[] {
  const taken = new Set(services.flatMap(addresses));
  const free = Array.from({ length: LAST }, (_, index) => `${NETWORK}.${index + 1}`).filter((ip) => !taken.has(ip));
  const waiting = services.filter((service) => service.spec.type === "LoadBalancer" && addresses(service).length === 0);
  return waiting.flatMap((service, index) => {
    const ip = free[index];
    return ip === undefined ? [] : [{ service, ip }];
  });
}

function addresses({ status }: Service): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
}
