import { groupKind, type KubernetesObject, objectId } from "../../kit/objects.ts";
import type { NotAnImage } from "./places.ts";
import { isReference } from "./reference.ts";
import type { ImageUse } from "./uses.ts";

/** A string that looks like an image and that nobody accounts for. */
export interface Suspect {
  readonly text: string;
  readonly object: string;
  readonly field: string;
}

/** They hold schemas, and rules over what others start. */
const WITHOUT_IMAGES = new Set([
  "CustomResourceDefinition.apiextensions.k8s.io",
  "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
]);
const WORD = /[A-Za-z0-9][\w./:@-]*/g;
/** What stands behind a name that ends in "image", in YAML, JSON or an environment file. */
export const NAMED_IMAGE = /image["']?\s*[:=]\s*["']?(?<word>[a-z0-9][\w./:@-]*)/gi;
/** What starts with a public registry. */
export const REGISTRIES =
  /^(?:[a-z0-9-]+\.)*(?:docker\.io|gcr\.io|ghcr\.io|quay\.io|nvcr\.io|pkg\.dev|amazonaws\.com|azurecr\.io|microsoft\.com|registry\.k8s\.io)(?:\/|$)/;
const VERSION = /^(?:v?\d|latest|RELEASE)/;

/**
 * Strings anywhere in the objects that look like images, without those that are listed as images and those that a
 * reviewed table says are none. Kinds that start nothing are left out.
 */
export function suspectsIn(
  objects: readonly KubernetesObject[],
  uses: readonly ImageUse[],
  notImages: readonly NotAnImage[],
): Suspect[] {
  const listed = Map.groupBy(uses, ({ object }) => object);
  return objects
    .filter((object) => !WITHOUT_IMAGES.has(groupKind(object)))
    .flatMap((object) => {
      const id = objectId(object);
      const known = new Set((listed.get(id) ?? []).flatMap(({ text }) => [text, ...partsOf(text)]));
      return stringsIn(object, "").flatMap(({ text, field }) =>
        [...new Set(imageLike(text, field))]
          .filter((word) => !known.has(word) && !notImages.some(({ pattern }) => pattern.test(word)))
          .map((word) => ({ text: word, object: id, field })),
      );
    });
}

/** What is written where a reference is taken apart: its name without a version, the folder of that name. */
function partsOf(reference: string): string[] {
  const colon = reference.lastIndexOf(":");
  const name = colon > reference.lastIndexOf("/") ? reference.slice(0, colon) : reference;
  return [name, name.slice(0, Math.max(0, name.lastIndexOf("/"))), name.slice(name.lastIndexOf("/") + 1)];
}

function imageLike(text: string, field: string): string[] {
  const named = /image$/i.test(field)
    ? [text]
    : [...text.matchAll(NAMED_IMAGE)].map(({ groups }) => groups?.["word"] ?? "");
  const words = [...text.matchAll(WORD)].map(([word]) => word.replace(/[.:/]+$/, "")).filter(looksLikeImage);
  return [...named, ...words];
}

function looksLikeImage(word: string): boolean {
  if (REGISTRIES.test(word)) return true;
  if (!isReference(word)) return false;
  if (word.includes("@")) return true;
  const version = word.slice(word.lastIndexOf("/") + 1).split(":")[1];
  const folders = word.split("/");
  // A dotted name and a number are a host and its port.
  if (folders.length === 1 && /^[^:]+\.[^:]+:\d+$/.test(word)) return false;
  if (version !== undefined) return folders.length > 1 || VERSION.test(version);
  // A host and one part is how Kubernetes qualifies labels and API versions.
  return folders.length > 2 && /[.:]/.test(folders[0] ?? "");
}

function stringsIn(value: unknown, field: string): { text: string; field: string }[] {
  if (typeof value === "string") return [{ text: value, field }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, field === "" ? key : `${field}.${key}`));
}
