import { createHash, type Hash } from "node:crypto";
import { parseReference } from "../../kubeflow/images/reference.ts";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import type { Base } from "../delta/holdings.ts";
import { Lender } from "../delta/lender.ts";
import { MirrorError } from "../errors.ts";
import { explainPull } from "../registry/explain.ts";
import { reach } from "../oci/graph.ts";
import { type Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { blobTasks, type BlobTask, type ImageGraph } from "../transfer/plan.ts";
import { forEachOf } from "../transfer/pool.ts";
import type { BlobSink } from "../registry/download.ts";
import { StatusError } from "../registry/failures.ts";
import type { Registries } from "../registry/index.ts";
import type { WantedImage } from "../list/wanted.ts";
import { rootIn } from "./root.ts";
import { Findings, hashAll, missingBlob, type Verification, type VerifyOptions } from "./findings.ts";

/** Proves that a registry has every image where the program looks for it, whole, and as the lock says. */
export async function verifyRegistry(
  to: string,
  registries: Registries,
  wanted: readonly WantedImage[],
  options: VerifyOptions & { readonly base?: Base },
): Promise<Verification> {
  const findings = new Findings();
  const lender = options.base && new Lender(options.base, to, registries);
  for (const { reference, error } of (await lender?.absent()) ?? []) findings.add(reference, error);
  const graphs: ImageGraph[] = [];
  await forEachOf(wanted, options.concurrency, async (image) => {
    options.signal?.throwIfAborted();
    await findings.during(image.reference, async () => void graphs.push(await graphIn(to, registries, image, lender)));
  });
  const hash = ({ blob, places: [place] }: BlobTask) => {
    const sink = new HashingSink();
    return registries
      .of(place?.host ?? "")
      .download(place?.repository ?? "", blob, sink)
      .then(() => sink.digest());
  };
  const hashed = options.deep ? await hashAll(blobTasks(graphs), findings, to, options, hash) : 0;
  const references = new Set([...wanted.map(({ reference }) => reference), ...(options.base?.images.keys() ?? [])]);
  return findings.result([...references], hashed);
}

async function graphIn(
  to: string,
  registries: Registries,
  image: WantedImage,
  lender: Lender | undefined,
): Promise<ImageGraph> {
  const { reference } = image;
  const { host, path: repository } = movingTo(to)(parseReference(reference));
  const registry = registries.of(host);
  try {
    const digest = await rootIn(to, registry, image);
    const { content } = await registry.manifest(repository, digest);
    const { mediaType } = parseManifest(content, undefined, reference);
    const root = { digest, size: content.length, mediaType };
    const read = async (wanted: Digest) =>
      wanted === digest ? content : (await registry.manifest(repository, wanted)).content;
    const graph = {
      reference,
      place: { host, repository },
      root,
      ...(await reach(root, (one) => read(one.digest), reference)),
    };
    for (const blob of graph.blobs) {
      if ((await registry.blobSize(repository, blob.digest, "pull")) === blob.size) continue;
      // What was left out and is nowhere there is told as that.
      if (lender?.lends(blob) === true) await lender.place(blob, reference);
      throw missingBlob(reference, blob, to, pushedAgain(to));
    }
    return graph;
  } catch (error) {
    if (error instanceof StatusError && error.status === 404) {
      throw new MirrorError("E_MISSING", `${reference}: a part of it is not in ${to}: ${error.message}`, {
        next: pushedAgain(to),
        cause: error,
      });
    }
    throw await explainPull(error, reference, host, () => registry.isKnown(repository));
  }
}

function pushedAgain(to: string): string {
  return `npm run mirror -- push <folder> --to ${to} --deep`;
}

class HashingSink implements BlobSink {
  #hash: Hash = createHash("sha256");
  length = 0;

  write(chunk: Buffer): undefined {
    this.#hash.update(chunk);
    this.length += chunk.length;
  }

  reset(): Promise<void> {
    this.#hash = createHash("sha256");
    this.length = 0;
    return Promise.resolve();
  }

  digest(): Digest {
    return `sha256:${this.#hash.digest("hex")}`;
  }
}
