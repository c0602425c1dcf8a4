import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { canonical, isReference } from "../../components/kubeflow/images/reference.ts";
import type { Holding, MirrorContents } from "./contents.ts";

/** An image that a pod would pull and cannot have. */
export interface Unavailable {
  readonly reference: string;
  /** Pods that would pull it, with the container. */
  readonly origins: readonly string[];
}

/** What was seen of the images of pods. */
export interface ImageCheck {
  readonly pods: number;
  /** Different images. */
  readonly images: number;
  /** How many of them a registry found by their names. */
  readonly resolved: number;
  /** Those that are named by a digest, which were compared with the list only. */
  readonly listed: readonly string[];
  /** Below the mirror, but not there. */
  readonly missing: readonly Unavailable[];
  /** Of another registry. */
  readonly foreign: readonly Unavailable[];
}

/** Annotation of a pod: for whom it is made, where that is not its owner. */
export const MADE_FOR = "rehearsal/made-for";

/** Compares the image of every pod that it is shown with what the mirror holds. */
export class Sightings {
  readonly #contents: MirrorContents;
  readonly #pods = new Set<string>();
  readonly #images = new Map<string, { readonly holding: Holding; readonly origins: Set<string> }>();

  constructor(contents: MirrorContents) {
    this.#contents = contents;
  }

  async see(pod: V1Pod, namespace: string): Promise<void> {
    const maker = makerOf(pod, namespace);
    this.#pods.add(`${namespace}/${pod.metadata?.name ?? pod.metadata?.generateName} ${maker}`);
    for (const { name, image = "" } of containersOf(pod)) {
      const reference = isReference(image) ? canonical(image) : image === "" ? "(no image)" : image;
      const holding = isReference(image) ? await this.#contents.find(reference) : "foreign";
      const seen = this.#images.get(reference) ?? { holding, origins: new Set<string>() };
      seen.origins.add(`${maker}, container ${name}`);
      this.#images.set(reference, seen);
    }
  }

  check(): ImageCheck {
    const seen = [...this.#images].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const held = (wanted: Holding) =>
      seen
        .filter(([, { holding }]) => holding === wanted)
        .map(([reference, { origins }]): Unavailable => ({ reference, origins: [...origins].toSorted() }));
    return {
      pods: this.#pods.size,
      images: seen.length,
      resolved: held("resolved").length,
      listed: held("listed").map(({ reference }) => reference),
      missing: held("missing"),
      foreign: held("foreign"),
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
