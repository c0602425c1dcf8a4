import type { KubernetesObject } from "../../components/kit/objects.ts";

/** Images of the containers of a pod, by container name. */
export interface PodImages {
  readonly containers: Readonly<Record<string, string>>;
  readonly init?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Something that a user makes, and the pods that its controller would start for it. */
export interface Made {
  readonly object: KubernetesObject;
  /** Plural of its kind, as the API serves it. */
  readonly plural: string;
  readonly pods: readonly PodImages[];
}

const NAME_LENGTH = 40;

/** A name for an object that is about an image: the last part of that image. */
export function nameFor(prefix: string, image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return `${prefix}-${last.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`.slice(0, NAME_LENGTH).replace(/-$/, "");
}
