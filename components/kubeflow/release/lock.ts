import { createHash } from "node:crypto";
import { type KubernetesObject, objectId } from "../../kit/objects.ts";

/** One digest an object of a pinned release: `{"Deployment.apps kubeflow/mysql": "sha256:..."}`. */
export interface Lock {
  readonly version: string;
  readonly commit: string;
  readonly objects: Readonly<Record<string, string>>;
}

export interface LockDifference {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly unexpected: readonly string[];
}

/** Digest of what an object says, whatever the order of its keys. */
export function digestOf(object: KubernetesObject): string {
  return `sha256:${createHash("sha256").update(canonical(object)).digest("hex")}`;
}

/** The digests of a rendering, sorted by object. Throws RangeError where two objects are the same one. */
export function digestsOf(objects: readonly KubernetesObject[]): Record<string, string> {
  const digests = new Map<string, string>();
  for (const object of objects) {
    const id = objectId(object);
    if (digests.has(id)) throw new RangeError(`the rendering holds ${id} twice`);
    digests.set(id, digestOf(object));
  }
  return Object.fromEntries([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What in `objects` differs from the lock; three empty lists when nothing does. */
export function compareWithLock(objects: readonly KubernetesObject[], lock: Lock): LockDifference {
  const found = digestsOf(objects);
  const locked = Object.entries(lock.objects);
  return {
    missing: locked.filter(([id]) => !(id in found)).map(([id]) => id),
    changed: locked.filter(([id, digest]) => id in found && found[id] !== digest).map(([id]) => id),
    unexpected: Object.keys(found).filter((id) => !(id in lock.objects)),
  };
}

/** JSON with sorted keys and no white space. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
