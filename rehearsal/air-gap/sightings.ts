import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { canonical } from "../../components/kubeflow/images/reference.ts";
import type { MirrorContents } from "../../components/mirror/contents.ts";

/** An image that a pod would pull and that the mirror does not hold. */
export interface Foreign {
  readonly reference: string;
  /** Pods that would pull it, with the container. */
  readonly origins: readonly string[];
}

/** What was seen of the images of pods. */
export interface ImageCheck {
  readonly pods: number;
  /** Different images. */
  readonly images: number;
  /** How many of them are named by a digest, which was compared with the list only. */
  readonly pinned: number;
  readonly foreign: readonly Foreign[];
}

/** Annotation of a pod: for whom it is made, where that is not its owner. */
export const MADE_FOR = "rehearsal/made-for";

/** Compares the image of every pod that it is shown with what the mirror holds. */
export class Sightings {
  readonly #contents: MirrorContents;
  readonly #pods = new Set<string>();
  readonly #images = new Set<string>();
  readonly #foreign = new Map<string, Set<string>>();

  constructor(contents: MirrorContents) {
    this.#contents = contents;
  }

  async see(pod: V1Pod, namespace: string): Promise<void> {
    const maker = makerOf(pod, namespace);
    this.#pods.add(`${namespace}/${pod.metadata?.name ?? pod.metadata?.generateName} ${maker}`);
    for (const { name, image = "" } of containersOf(pod)) {
      const reference = image === "" ? "(no image)" : readable(image);
      this.#images.add(reference);
      if (image !== "" && (await this.#contents.has(image))) continue;
      const origins = this.#foreign.get(reference) ?? new Set();
      this.#foreign.set(reference, origins.add(`${maker}, container ${name}`));
    }
  }

  check(): ImageCheck {
    return {
      pods: this.#pods.size,
      images: this.#images.size,
      pinned: [...this.#images].filter((reference) => reference.includes("@")).length,
      foreign: [...this.#foreign.keys()]
        .toSorted()
        .map((reference) => ({ reference, origins: [...(this.#foreign.get(reference) ?? [])].toSorted() })),
    };
  }
}

function containersOf({ spec }: V1Pod): Pick<V1Container, "name" | "image">[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])];
}

/** Who had the pod made: what it was annotated with, its controller, the Deployment of a ReplicaSet, or itself. */
function makerOf({ metadata }: V1Pod, namespace: string): string {
  const told = metadata?.annotations?.[MADE_FOR];
  if (told !== undefined) return told;
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return `Pod ${namespace}/${metadata?.name ?? metadata?.generateName}`;
  const hash = metadata?.labels?.["pod-template-hash"];
  const isOfDeployment = owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return isOfDeployment
    ? `Deployment ${namespace}/${owner.name.slice(0, -hash.length - 1)}`
    : `${owner.kind} ${namespace}/${owner.name}`;
}

function readable(image: string): string {
  try {
    return canonical(image);
  } catch {
    return image;
  }
}
