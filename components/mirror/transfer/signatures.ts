import { parseReference } from "../../kubeflow/images/reference.ts";
import { isDigest } from "../oci/digest.ts";
import type { ImageGraph } from "./plan.ts";
import { forEachOf } from "./pool.ts";
import type { Registries } from "../registry/index.ts";
import type { WantedImage } from "../list/wanted.ts";

/** What cosign calls the signature, attestation and list of contents of a manifest, before referrers were. */
const ENDINGS = [".sig", ".att", ".sbom"] as const;
const ASKED_AT_ONCE = 16;

export interface Signatures {
  /** What is to be carried along, each as an image of its own. */
  readonly wanted: readonly WantedImage[];
  /** References of images that have any. */
  readonly signed: readonly string[];
  /** References of images that have none. */
  readonly unsigned: readonly string[];
}

/** Everything that is said about images and the images in their indexes: by cosign's tags, and by referrers. */
export async function signaturesOf(
  graphs: readonly ImageGraph[],
  registries: Registries,
  signal?: AbortSignal,
): Promise<Signatures> {
  const wanted = new Map<string, WantedImage>();
  const signed = new Set<string>();
  await forEachOf(graphs, ASKED_AT_ONCE, async ({ reference, place: { host, repository }, manifests }) => {
    const registry = registries.of(host);
    const { host: publisher, path } = parseReference(reference);
    const isPublished = host === publisher && repository === path;
    const add = (image: WantedImage) => {
      wanted.set(image.reference, { ...image, ...(isPublished ? {} : { source: `${host}/${repository}` }) });
      signed.add(reference);
    };
    for (const { digest } of manifests) {
      signal?.throwIfAborted();
      for (const ending of ENDINGS) {
        const tag = `${digest.replace(":", "-")}${ending}`;
        const there = await registry.head(repository, tag);
        if (there !== undefined) add({ reference: `${publisher}/${path}:${tag}`, digest: there });
      }
      for (const referrer of await registry.referrers(repository, digest)) {
        if (isDigest(referrer.digest))
          add({ reference: `${publisher}/${path}@${referrer.digest}`, digest: referrer.digest });
      }
    }
  });
  const unsigned = graphs.map(({ reference }) => reference).filter((reference) => !signed.has(reference));
  return { wanted: [...wanted.values()], signed: [...signed], unsigned };
}
