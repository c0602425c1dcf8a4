import { at, type KubernetesObject, objectId } from "../../kit/objects.ts";
import type { Environment } from "../../settings/environments.ts";
import { resourcesOf, type SizingTable } from "./sizing.ts";

type Data = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, unknown>> & { readonly global: Readonly<Record<string, object>> };

/**
 * CPU limit of Istio's proxy, the one that v1.8.1 ships. It stays, other than everywhere else: the proxy also runs in
 * the namespaces of teams, and a quota on `limits.cpu` would refuse their pods without it.
 */
const PROXY_CPU_LIMIT = "2000m";

/** The proxies that controllers put into pods, sized where those controllers take their defaults from. */
export function withProxyResources(object: KubernetesObject, table: SizingTable, environment: Environment) {
  switch (objectId(object)) {
    case "ConfigMap istio-system/istio-sidecar-injector":
      return withMeshProxy(object, table, environment);
    case "ConfigMap knative-serving/config-deployment":
      return withQueueProxy(object, table, environment);
    default:
      return object;
  }
}

/** The template of Istio 1.17 gives the init container the resources of the proxy; `proxy_init` is kept in step. */
function withMeshProxy(object: KubernetesObject, table: SizingTable, environment: Environment): KubernetesObject {
  const data = at(object, "data") as Data;
  const values = JSON.parse(data["values"] ?? "{}") as Values;
  const { requests, limits } = resourcesOf(table.meshProxy[environment]);
  const resources = { requests, limits: { cpu: PROXY_CPU_LIMIT, ...limits } };
  const sized = Object.fromEntries(
    ["proxy", "proxy_init"].map((field) => [field, { ...values.global[field], resources }]),
  );
  const changed = { ...values, global: { ...values.global, ...sized } };
  return { ...object, data: { ...data, values: JSON.stringify(changed, undefined, 2) } };
}

function withQueueProxy(object: KubernetesObject, table: SizingTable, environment: Environment): KubernetesObject {
  const { requests, limits } = resourcesOf(table.queueProxy[environment]);
  const sized = {
    "queue-sidecar-cpu-request": requests.cpu,
    "queue-sidecar-memory-request": requests.memory,
    "queue-sidecar-memory-limit": limits.memory,
  };
  return { ...object, data: { ...(at(object, "data") as Data), ...sized } };
}
