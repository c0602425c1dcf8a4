import { MirrorError } from "../../components/mirror/errors.ts";
import type { Content } from "../../components/mirror/layout/content.ts";
import { type Digest, digestOf } from "../../components/mirror/oci/digest.ts";
import { type Descriptor, OCI_MANIFEST } from "../../components/mirror/oci/manifest.ts";

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";
/** Two empty blocks: a tar archive of nothing. */
const EMPTY_LAYER = Buffer.alloc(1024);

/** For each reference an image that holds nothing but its name: all different, all whole, and in memory. */
export function syntheticImages(references: readonly string[]): Content {
  const bytes = new Map<Digest, Buffer>();
  const entries = new Map(references.map((reference) => [reference, imageNamed(reference, bytes)]));
  const read = (digest: Digest) => {
    const content = bytes.get(digest);
    if (content === undefined) throw new MirrorError("E_MISSING", `${digest} is in no synthetic image`);
    return content;
  };
  return {
    name: "synthetic images",
    entries,
    manifest: (digest) => Promise.resolve(read(digest)),
    has: ({ digest, size }) => Promise.resolve(bytes.get(digest)?.length === size),
    source: ({ digest }) => ({
      async *open(from, to) {
        yield await Promise.resolve(read(digest).subarray(from, to));
      },
    }),
    rehash: ({ digest }) => Promise.resolve(digestOf(read(digest))),
  };
}

function imageNamed(reference: string, bytes: Map<Digest, Buffer>): Descriptor {
  const keep = (mediaType: string, content: Buffer): Descriptor => {
    const digest = digestOf(content);
    bytes.set(digest, content);
    return { mediaType, digest, size: content.length };
  };
  const json = (mediaType: string, value: object) => keep(mediaType, Buffer.from(JSON.stringify(value)));
  const layer = keep(LAYER, EMPTY_LAYER);
  const config = json(CONFIG, {
    os: "linux",
    architecture: "amd64",
    config: { Labels: { reference } },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  return json(OCI_MANIFEST, { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] });
}
