import { dump } from "js-yaml";
import { table } from "../../kit/table.ts";
import { formatReference, parseReference } from "../../kubeflow/images/reference.ts";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import type { ImagesLock } from "./lock.ts";
import type { ListedImage } from "./closed-list.ts";

/** Prints a list. `to`: the registry that the images go to, where the format names it. */
type Format = (lock: ImagesLock, to: string | undefined) => string;

export type FormatName = "table" | "json" | "lines" | "skopeo" | "regsync" | "hauler" | "zarf" | "containerd";

/** What a list is printed as: for people, for programs, and as the input of other tools. */
export const formats: Readonly<Record<FormatName, Format>> = {
  table: tableOf,
  json: (lock) => `${JSON.stringify(lock, null, 2)}\n`,
  /** One reference a line. */
  lines: ({ images }) => images.map(({ reference }) => `${reference}\n`).join(""),
  /** `skopeo sync --src yaml --dest docker --scoped --all`. */
  skopeo: skopeoOf,
  /** `regsync once --config`. */
  regsync: regsyncOf,
  /** `hauler store sync --filename`. */
  hauler: haulerOf,
  /** A component of a zarf.yaml. */
  zarf: zarfOf,
  /** Commands for a node's own store. */
  containerd: ({ images }) =>
    images.map(({ reference }) => `ctr --namespace k8s.io images pull --all-platforms ${reference}\n`).join(""),
};

const UNKNOWN = "unknown";

function tableOf({ images }: ImagesLock): string {
  const rows = images.map(({ reference, origins, replacedFrom, digest, size }) => [
    reference,
    `${origins[0]?.object ?? ""}${origins.length > 1 ? ` and ${origins.length - 1} more` : ""}`,
    replacedFrom ?? "",
    digest?.slice(0, "sha256:".length + 12) ?? UNKNOWN,
    size === undefined ? UNKNOWN : `${(size / 1e6).toFixed(1)} MB`,
  ]);
  return table(["image", "named by", "instead of", "digest", "size"], rows, [4]);
}

function skopeoOf({ images }: ImagesLock): string {
  const registries: Record<string, { images: Record<string, string[]> }> = {};
  for (const { host, path, tag, digest } of images.map(({ reference }) => parseReference(reference))) {
    const registry = (registries[host] ??= { images: {} });
    (registry.images[path] ??= []).push(digest ?? tag ?? "latest");
  }
  return dump(registries);
}

function regsyncOf({ images }: ImagesLock, to = "registry.example.com/kubeflow"): string {
  const sync = images.map(({ reference }) => ({ source: reference, target: targetOf(reference, to), type: "image" }));
  return dump({ version: 1, sync });
}

function haulerOf(lock: ImagesLock): string {
  return dump({
    apiVersion: "content.hauler.cattle.io/v1",
    kind: "Images",
    metadata: { name: nameOf(lock) },
    spec: { images: lock.images.map(({ reference }) => ({ name: reference })) },
  });
}

function zarfOf(lock: ImagesLock): string {
  const images = lock.images.map(({ reference }) => reference);
  return dump({ components: [{ name: nameOf(lock), required: true, images }] });
}

function nameOf({ release }: ImagesLock): string {
  return `kubeflow-${release}`;
}

/** What an image is called below a registry. */
export function targetOf(reference: ListedImage["reference"], registry: string): string {
  return formatReference(movingTo(registry)(parseReference(reference)));
}
