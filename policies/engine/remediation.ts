import { Secret } from "@pulumi/policy";
import type { Step } from "../reading.ts";
import type { Resource } from "../resource.ts";
import type { Remediation } from "../rule.ts";
import { type RawResource, viewOf } from "../view.ts";
import { unproxied } from "./proxies.ts";

/** The properties of a resource with a rule's changes; secrets and unknown values stay what they are. */
export function remediated(
  raw: RawResource,
  remediate: (resource: Resource) => Iterable<Remediation>,
): Record<string, unknown> | undefined {
  const properties = unproxied(raw.properties) as Record<string, unknown>;
  const changes = [...remediate(viewOf({ ...raw, properties: revealed(properties) as Record<string, unknown> }))];
  if (changes.length === 0) return undefined;
  return changes.reduce<unknown>(
    (value, { path, value: wanted }) => changed(value, path, wanted),
    properties,
  ) as Record<string, unknown>;
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return revealed(value.value);
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, revealed(field)]));
}

function changed(value: unknown, path: readonly Step[], wanted: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return wanted;
  if (value instanceof Secret) return new Secret(changed(value.value, path, wanted));
  if (Array.isArray(value)) {
    return value.map((member: unknown, index) => (index === step ? changed(member, rest, wanted) : member));
  }
  const fields = (value ?? {}) as Record<Step, unknown>;
  return { ...fields, [step]: changed(fields[step], rest, wanted) };
}
