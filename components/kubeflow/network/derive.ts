import { at, type KubernetesObject, labelsAt, listAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "../order/inventory.ts";
import { servicesCalledBy } from "../order/traffic.ts";
import { webhooksOf } from "../order/webhooks.ts";
import type { Workload } from "../order/workload.ts";
import { isAdmitted } from "./authorization.ts";
import { type Flow, nameOf, type Source, targetOf } from "./flows.ts";
import { annotationsOf, hasSidecar, isProxy, MERGED_METRICS_PORT, meshOf } from "./mesh.ts";
import { podPort, portsNamed, serviceAt } from "./services.ts";

/** The API server calls webhooks of admission and of conversion; its address is not that of a pod. */
export function webhookFlows(inventory: Inventory): Flow[] {
  const admission = webhooksOf(inventory).map(({ service, webhook }) => ({
    service,
    port: at(webhook, "clientConfig", "service", "port"),
  }));
  const conversion = inventory.ofKind("CustomResourceDefinition.apiextensions.k8s.io").flatMap((definition) => {
    const client = at(definition, "spec", "conversion", "webhook", "clientConfig", "service");
    const service = inventory.find("Service", textAt(client, "namespace"), textAt(client, "name") ?? "");
    return service === undefined ? [] : [{ service, port: at(client, "port") }];
  });
  return [...admission, ...conversion].flatMap(({ service, port }) =>
    to(service, typeof port === "number" ? port : 443, inventory, { kind: "anywhere" }, "webhook of the API server"),
  );
}

/** Gateways send to the Services that VirtualServices bound to them route to. */
export function routeFlows(inventory: Inventory): Flow[] {
  return inventory.ofKind("VirtualService.networking.istio.io").flatMap((route) => {
    const namespace = route.metadata.namespace ?? "default";
    const gateways = listAt(route, "spec", "gateways").flatMap((gateway) => {
      const [name = "", own = namespace] = String(gateway).split("/").reverse();
      return inventory.find("Gateway.networking.istio.io", own, name) ?? [];
    });
    const proxies = gateways.flatMap((gateway) => selectedBy(labelsAt(gateway, "spec", "selector"), inventory));
    return destinationsOf(route).flatMap((destination) => {
      const service = serviceAt(textAt(destination, "host") ?? "", namespace, inventory);
      const port = at(destination, "port", "number") ?? at(listAt(service, "spec", "ports")[0], "port");
      if (service === undefined || typeof port !== "number") return [];
      const why = `route ${namespace}/${route.metadata.name}`;
      return proxies.flatMap((workload) => to(service, port, inventory, { kind: "workload", workload }, why));
    });
  });
}

/** Filters that send a proxy to a cluster of Envoy, `outbound|8080||authservice.istio-system.svc.cluster.local`. */
export function filterFlows(inventory: Inventory): Flow[] {
  return inventory.ofKind("EnvoyFilter.networking.istio.io").flatMap((filter) => {
    const proxies = selectedBy(labelsAt(filter, "spec", "workloadSelector", "labels"), inventory).filter(
      ({ namespace }) => namespace === filter.metadata.namespace,
    );
    const clusters = JSON.stringify(filter["spec"]).matchAll(/outbound\|(\d+)\|[^|"]*\|([a-z0-9.-]+)/g);
    return [...clusters].flatMap(([, port, host = ""]) => {
      const service = serviceAt(host, filter.metadata.namespace ?? "default", inventory);
      if (service === undefined) return [];
      const why = `filter ${filter.metadata.name}`;
      return proxies.flatMap((workload) => to(service, Number(port), inventory, { kind: "workload", workload }, why));
    });
  });
}

/** What workloads are configured to call. */
export function configuredFlows(inventory: Inventory): Flow[] {
  return inventory.workloads
    .filter((workload) => !isProxy(workload))
    .flatMap((workload) =>
      servicesCalledBy(workload, inventory)
        .filter((service) => !inventory.behind(service).includes(workload))
        .flatMap((service) =>
          listAt(service, "spec", "ports").flatMap((port) => {
            const number = at(port, "port");
            const source: Source = { kind: "workload", workload };
            return typeof number === "number" ? to(service, number, inventory, source, "configured call") : [];
          }),
        ),
    );
}

/** Every proxy of the mesh takes its configuration and certificate from where the mesh says. */
export function discoveryFlows(inventory: Inventory): Flow[] {
  const mesh = meshOf(inventory);
  const [host = "", port = ""] = (mesh?.discoveryAddress ?? "").split(":");
  const service = serviceAt(host, mesh?.rootNamespace ?? "default", inventory);
  if (service === undefined) return [];
  const proxies = inventory.workloads.filter((workload) => hasSidecar(workload, inventory) || isProxy(workload));
  const sources: Source[] = [
    ...proxies.map((workload): Source => ({ kind: "workload", workload })),
    { kind: "profiles", hasSidecar: true },
  ];
  return sources.flatMap((source) => to(service, Number(port), inventory, source, "configuration of proxies"));
}

/** Metrics of everything, for the monitoring in `namespaces`; a sidecar gives the application's with its own. */
export function metricsFlows(namespaces: readonly string[], inventory: Inventory): Flow[] {
  if (namespaces.length === 0) return [];
  return inventory.workloads.flatMap((workload) => {
    const annotated = Number(annotationsOf(workload)["prometheus.io/port"]);
    const own = [...(annotated > 0 ? [annotated] : []), ...portsNamed(/metrics/, workload)];
    const ports = hasSidecar(workload, inventory) ? [MERGED_METRICS_PORT] : [...new Set(own)];
    return ports.map((port): Flow => ({
      from: { kind: "namespaces", names: namespaces },
      to: targetOf(workload),
      port,
      why: "metrics",
    }));
  });
}

/** The flow to the pods behind a port of a Service, but for those whose own policy would refuse it. */
function to(service: KubernetesObject, port: number, inventory: Inventory, from: Source, why: string): Flow[] {
  return inventory
    .behind(service)
    .filter((workload) => from.kind !== "workload" || nameOf(from.workload) !== nameOf(workload))
    .filter((workload) => isAdmitted(from, workload, inventory))
    .flatMap((workload) => {
      const number = podPort(service, port, workload);
      return number === undefined ? [] : [{ from, to: targetOf(workload), port: number, why }];
    });
}

function selectedBy(selector: Readonly<Record<string, string>>, inventory: Inventory): readonly Workload[] {
  const wanted = Object.entries(selector);
  if (wanted.length === 0) return [];
  return inventory.workloads.filter(({ labels }) => wanted.every(([key, value]) => labels[key] === value));
}

function destinationsOf(route: KubernetesObject): readonly unknown[] {
  return ["http", "tcp", "tls"].flatMap((protocol) =>
    listAt(route, "spec", protocol).flatMap((rule) =>
      listAt(rule, "route").map((weighted) => at(weighted, "destination")),
    ),
  );
}
