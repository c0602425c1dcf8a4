import { type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "./inventory.ts";
import { textsOf } from "./traffic.ts";
import type { Workload } from "./workload.ts";

/** What a call from inside the cluster to one of its public names passes through. */
export interface Passage {
  /** The Gateway that opens the name, and the VirtualService that knows the path. */
  readonly openings: readonly KubernetesObject[];
  /** The Gateway's proxies, and the workloads behind the path. */
  readonly backends: readonly KubernetesObject[];
}

/**
 * The ways by which a workload is configured to call public names of the platform: URLs in its arguments and environment
 * whose host a Gateway of the set names. A Gateway for any host names none.
 */
export function passagesOf(workload: Workload, inventory: Inventory): readonly Passage[] {
  const urls = textsOf(workload, inventory).flatMap((text) => (URL.canParse(text) ? [new URL(text)] : []));
  return urls.flatMap((url) =>
    inventory
      .ofKind("Gateway.networking.istio.io")
      .filter((gateway) => hostsOf(gateway).includes(url.hostname))
      .map((gateway) => passage(gateway, url.pathname, inventory)),
  );
}

function hostsOf(gateway: KubernetesObject): readonly unknown[] {
  return listAt(gateway, "spec", "servers").flatMap((server) => listAt(server, "hosts"));
}

function passage(gateway: KubernetesObject, path: string, inventory: Inventory): Passage {
  const selector = Object.entries(labelsAt(gateway, "spec", "selector"));
  const proxies = inventory.workloads.filter(({ labels }) => selector.every(([key, value]) => labels[key] === value));
  const candidates = inventory
    .ofKind("VirtualService.networking.istio.io")
    .filter((service) => isBound(service, gateway))
    .flatMap((service) =>
      listAt(service, "spec", "http").map((route) => ({ service, route, length: prefix(route, path) })),
    );
  const best = candidates.reduce<(typeof candidates)[number] | undefined>(
    (longest, route) => (route.length > (longest?.length ?? 0) ? route : longest),
    undefined,
  );
  const services = listAt(best?.route, "route").flatMap((target) => {
    const [name = "", namespace = best?.service.metadata.namespace] = (
      textAt(target, "destination", "host") ?? ""
    ).split(".");
    return inventory.find("Service", namespace, name) ?? [];
  });
  return {
    openings: best === undefined ? [gateway] : [gateway, best.service],
    backends: [...proxies, ...services.flatMap(inventory.behind)].map(({ object }) => object),
  };
}

/** Characters of the longest prefix of a route that a path begins with; 0 where none does. */
function prefix(route: unknown, path: string): number {
  const folder = path.endsWith("/") ? path : `${path}/`;
  const prefixes = listAt(route, "match").map((match) => textAt(match, "uri", "prefix") ?? "");
  return Math.max(0, ...prefixes.filter((text) => folder.startsWith(text)).map((text) => text.length));
}

function isBound(service: KubernetesObject, { metadata }: KubernetesObject): boolean {
  return listAt(service, "spec", "gateways").some((name) =>
    String(name).includes("/")
      ? name === `${metadata.namespace}/${metadata.name}`
      : service.metadata.namespace === metadata.namespace && name === metadata.name,
  );
}
