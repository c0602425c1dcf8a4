import type { KubernetesObject } from "../../kit/objects.ts";
import { bytesQuantity, cpuQuantity } from "../../kit/quantities.ts";
import { bytesOf } from "../../kit/units.ts";
import { MEMORY_REQUEST } from "../../kubeflow/resources/sizing.ts";
import type { LimitSettings, QuotaSettings } from "../settings.ts";
import { GPU, type Tenant } from "../tenants.ts";

/** What a quota counts, by the setting's name. */
const COUNTED = {
  pods: "pods",
  volumes: "persistentvolumeclaims",
  notebooks: "count/notebooks.kubeflow.org",
  models: "count/inferenceservices.serving.kserve.io",
} as const satisfies Partial<Record<keyof QuotaSettings, string>>;

/** Ways from outside that would pass the platform's gateway by. */
const NOT_FOR_PROFILES = { "services.loadbalancers": "0", "services.nodeports": "0" };

/** The hard limits of a quota as Kubernetes writes them. A kind of GPU that the settings do not name is not granted. */
export function hardLimits(quota: QuotaSettings): Readonly<Record<string, string>> {
  const size = (text: string) => bytesQuantity(bytesOf(text));
  const gpus = { [GPU]: 0, ...quota.gpus };
  const counted = Object.entries(COUNTED).flatMap(([setting, resource]) => {
    const count = quota[setting as keyof typeof COUNTED];
    return count === undefined ? [] : [[resource, String(count)]];
  });
  return {
    ...(quota.cpu === undefined ? {} : { "requests.cpu": cpuQuantity(quota.cpu) }),
    // A request is never above its limit, and every container has one.
    ...(quota.memory === undefined ? {} : { "limits.memory": size(quota.memory) }),
    ...Object.fromEntries(Object.entries(gpus).map(([kind, count]) => [`requests.${kind}`, String(count)])),
    ...(quota.storage === undefined ? {} : { "requests.storage": size(quota.storage) }),
    ...Object.fromEntries(
      Object.entries(quota.storageClasses).map(([name, text]) => [
        `${name}.storageclass.storage.k8s.io/requests.storage`,
        size(text),
      ]),
    ),
    ...(Object.fromEntries(counted) as Record<string, string>),
    ...NOT_FOR_PROFILES,
  };
}

export function resourceQuota({ name, quota }: Tenant): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "profile", namespace: name },
    spec: { hard: hardLimits(quota) },
  };
}

/** What a container gets that names no request or no limit. */
export function containerDefaults({ memory, cpu }: LimitSettings) {
  const bytes = bytesOf(memory);
  return {
    default: { memory: bytesQuantity(bytes) },
    defaultRequest: { cpu: cpuQuantity(cpu), memory: bytesQuantity(bytes * MEMORY_REQUEST) },
  };
}

export function limitRange({ name, limits }: Tenant): KubernetesObject {
  const max = limits.maxMemory === undefined ? {} : { max: { memory: bytesQuantity(bytesOf(limits.maxMemory)) } };
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "profile", namespace: name },
    spec: { limits: [{ type: "Container", ...containerDefaults(limits), ...max }] },
  };
}
