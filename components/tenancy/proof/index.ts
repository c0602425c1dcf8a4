import { UserError } from "../../kit/errors.ts";
import { bytesOf } from "../../kit/units.ts";
import type { StartedPod } from "../../kubeflow/profile-pods.ts";
import type { Tenant } from "../tenants.ts";
import { NOTEBOOK, type Started } from "./started.ts";
import { type Counted, largestLimit, type Usage, usageOf } from "./usage.ts";

export { type Started, startedBy } from "./started.ts";
export { type Usage, usageOf } from "./usage.ts";

/** A limit of a profile under which the platform could not start what it starts there. */
export interface Shortage {
  /** Of the setting, such as `quota.memory`. */
  readonly setting: string;
  /** As the settings give it. */
  readonly given: string;
  /** The least that works, as the settings would write it. */
  readonly least: string;
  /** What takes it. */
  readonly takes: string;
}

/**
 * Proves that each profile's quota and limits admit what the platform itself starts there, all of it at once. Throws
 * UserError that names every shortage with the least that works.
 */
export function proveQuotas(tenants: readonly Tenant[], started: Started): void {
  const lines = tenants.flatMap((tenant) =>
    shortagesOf(tenant, started).map(
      ({ setting, given, least, takes }) =>
        `  profile ${tenant.name}: ${setting} is ${given}; it must be ${least} or more for what the platform starts there: ${takes}`,
    ),
  );
  if (lines.length === 0) return;
  throw new UserError(["quotas that would stop the platform itself:", ...lines].join("\n"), {
    next: "raise them in the stack file (Pulumi.<stack>.yaml); docs/tenancy.md says what counts",
    exitCode: 2,
  });
}

/** What a profile's settings leave too little of. */
export function shortagesOf(tenant: Tenant, { pods, proxy }: Started): Shortage[] {
  const { quota, limits } = tenant;
  const permitted = pods.filter(({ name }) => !(name === NOTEBOOK && quota.notebooks === 0));
  const parts = permitted.map((pod) => ({ pod, usage: usageOf(pod, proxy, limits) }));
  const short = (setting: string, given: string | number | undefined, resource: Counted, unit: Unit): Shortage[] => {
    // Nothing of a kind is what a setting of 0 asks for.
    if (given === undefined || given === 0) return [];
    const needed = sum(parts, resource);
    if (unit.read(given) >= needed) return [];
    return [{ setting, given: String(given), least: unit.write(needed), takes: told(parts, resource, unit) }];
  };
  return [
    ...short("quota.cpu", quota.cpu, "requests.cpu", CPUS),
    ...short("quota.memory", quota.memory, "limits.memory", BYTES),
    ...short("quota.pods", quota.pods, "pods", OBJECTS),
    ...short("quota.volumes", quota.volumes, "persistentvolumeclaims", OBJECTS),
    ...(quota.volumes === 0 ? [] : short("quota.storage", quota.storage, "requests.storage", BYTES)),
    ...(limits.maxMemory === undefined ? [] : tooLarge(limits.maxMemory, permitted, proxy, tenant)),
  ];
}

function tooLarge(given: string, pods: readonly StartedPod[], proxy: Started["proxy"], { limits }: Tenant): Shortage[] {
  const sizes = pods.map((pod) => ({ name: pod.name, bytes: largestLimit(pod, proxy, limits) }));
  const largest = sizes.reduce((most, size) => (size.bytes > most.bytes ? size : most), { name: "", bytes: 0 });
  if (bytesOf(given) >= largest.bytes) return [];
  const takes = `a container of ${largest.name} ${BYTES.write(largest.bytes)}`;
  return [{ setting: "limits.maxMemory", given, least: BYTES.write(largest.bytes), takes }];
}

/** How a setting and a number stand for each other; written, a number is rounded up. */
interface Unit {
  readonly read: (given: string | number) => number;
  readonly write: (value: number) => string;
}

const OBJECTS: Unit = { read: Number, write: String };
const CPUS: Unit = { read: Number, write: (cpus) => String(roundedUp(cpus, 1000)) };
const BYTES: Unit = {
  read: (given) => bytesOf(String(given)),
  write: (bytes) => `${roundedUp(bytes / 1e9, 100)} GB`,
};

function roundedUp(value: number, parts: number): number {
  return Math.ceil(Math.round(value * 1e9 * parts) / 1e9) / parts;
}

type Parts = readonly { readonly pod: StartedPod; readonly usage: Usage }[];

function sum(parts: Parts, resource: Counted): number {
  const total = parts.reduce((added, { pod, usage }) => added + pod.copies * usage[resource], 0);
  // In thousandths, the least that Kubernetes counts: sums of binary fractions are off by less.
  return Math.round(total * 1000) / 1000;
}

function told(parts: Parts, resource: Counted, unit: Unit): string {
  return parts
    .filter(({ usage }) => usage[resource] > 0)
    .map(({ pod, usage }) => `${pod.name} ${pod.copies === 1 ? "" : `${pod.copies} x `}${unit.write(usage[resource])}`)
    .join(", ");
}
