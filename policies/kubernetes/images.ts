import { canonical } from "../../components/kubeflow/images/reference.ts";
import { NAMED_IMAGE, REGISTRIES } from "../../components/kubeflow/images/scan.ts";
import { argumentsOf } from "./arguments.ts";
import { UNKNOWN } from "../reading.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { expand, type Pattern } from "./places.ts";
import { containers } from "./pod-templates.ts";
import { textsOf } from "./texts.ts";

/** The name of an image, as it is written. */
export interface ImageSubject extends Subject {
  readonly object: KubernetesSubject;
  /** `field`: what the kubelet pulls. `text`: a program reads it, and may put a version to it. */
  readonly source: "field" | "text";
}

/** Fields of custom resources that hold an image of their own. */
const FIELDS: ReadonlyMap<string, Pattern> = new Map([["Image", ["spec", "image"]]]);

/** The images of the containers of a resource, and of custom resources that stand for one. */
export function images(resource: Resource): ImageSubject[] {
  const ofContainers = containers(resource).flatMap((container) =>
    expand(container.value, ["image"]).map(({ value, path }) => {
      const { object, name } = container;
      return { resource, object, name, value, path: [...container.path, ...path], source: "field" as const };
    }),
  );
  const ofFields = resource.objects.flatMap((object) => {
    const pattern = FIELDS.get(object.kind);
    if (pattern === undefined) return [];
    return expand(object.value, pattern).map(({ value, path }) => {
      return { resource, object, name: object.name, value, path: [...object.path, ...path], source: "field" as const };
    });
  });
  return [...ofContainers, ...ofFields];
}

/** Mentions of images in the values of ConfigMaps, in variables and in arguments. */
export function imagesInTexts(resource: Resource): ImageSubject[] {
  const texts = resource.objects.flatMap(textsOf).filter(({ source, key }) => source !== "Secret" && key !== EXAMPLE);
  return [...texts, ...containers(resource).flatMap(argumentsOf)].flatMap(({ object, name, value, path, key }) =>
    mentionsIn(value, key).map((mention): ImageSubject => {
      return { resource, object, name, value: mention, path, source: "text" };
    }),
  );
}

/** A key by which Knative documents its ConfigMaps; no program reads it. */
const EXAMPLE = "_example";

/** A word that is a name alone, without a registry, folder or version: programs put those to it. */
const BARE = /^[^/:@]*$/;
const WORD = /[A-Za-z0-9][\w./:@-]*/g;
const COMMENT = /^\s*#.*$/gm;

function mentionsIn(text: unknown, key: string): unknown[] {
  if (text === UNKNOWN) return [UNKNOWN];
  if (typeof text !== "string") return [];
  if (/image$/i.test(key)) return [text];
  const content = text.replace(COMMENT, "");
  const named = [...content.matchAll(NAMED_IMAGE)].map(({ groups }) => trimmed(groups?.["word"] ?? ""));
  const words = [...content.matchAll(WORD)].map(([word]) => trimmed(word));
  return [...new Set([...named.filter((word) => !BARE.test(word)), ...words.filter((word) => REGISTRIES.test(word))])];
}

/** Without what ends a sentence, or a key of a map. */
function trimmed(word: string): string {
  return word.replace(/[.:/]+$/, "");
}

/** An image in full where it is a reference (`docker.io/library/mysql:8.0.29` of `mysql:8.0.29`), else as it is written. */
export function fullNameOf(image: string): string {
  try {
    return canonical(image);
  } catch {
    return image;
  }
}
