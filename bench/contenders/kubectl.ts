import { writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { UserError } from "../../components/kit/errors.ts";
import type { KubernetesObject } from "../../components/kit/objects.ts";

/** Annotations that only Pulumi's provider understands. */
const PULUMI = "pulumi.com/";

/** More rounds than any installation takes that gets anywhere. */
const MOST_ROUNDS = 50;

export interface KubectlOptions {
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** Where it may write: the manifest, and what kubectl caches. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/**
 * Applies a manifest again and again until kubectl is content with all of it; returns how often. Throws UserError with
 * kubectl's last words where that does not come.
 */
export async function applyUntilDone(
  manifest: string,
  { kubectl, kubeconfig, directory, signal }: KubectlOptions,
): Promise<number> {
  const args = ["apply", "--server-side", "--force-conflicts", "-f", manifest];
  const env = { HOME: directory, KUBECONFIG: kubeconfig };
  let words = "";
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const options = { env, extendEnv: false, stdin: "ignore", reject: false, cancelSignal: signal } as const;
    const { failed, stderr } = await execa(kubectl, args, options);
    signal.throwIfAborted();
    if (!failed) return round;
    words = stderr;
  }
  throw new UserError(`kubectl was not content after ${MOST_ROUNDS} rounds:\n${words}`);
}

/** Writes the objects in the order given as a stream of JSON, which kubectl reads faster than YAML. */
export async function writeManifest(directory: string, objects: readonly KubernetesObject[]): Promise<string> {
  const file = path.join(directory, "manifest.json");
  const documents = objects.map((object) => JSON.stringify(withoutPulumi(object)));
  await writeFile(file, documents.join("\n"), { mode: 0o600 });
  return file;
}

/** The object without what is meant for Pulumi's provider. */
export function withoutPulumi(object: KubernetesObject): KubernetesObject {
  const { annotations, ...metadata } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith(PULUMI));
  return {
    ...object,
    metadata: kept.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(kept) },
  };
}
