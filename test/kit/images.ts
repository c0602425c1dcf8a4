import { createCipheriv, createHash } from "node:crypto";

/** An image or an index with all that belongs to it, in memory. */
export interface MadeImage {
  readonly mediaType: string;
  readonly digest: string;
  /** The bytes of its manifest. */
  readonly content: Buffer;
  /** For an index: what it lists. */
  readonly children: readonly MadeImage[];
  readonly blobs: readonly Buffer[];
  readonly platform?: { readonly os: string; readonly architecture: string };
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";

export function sha256(content: Uint8Array | string): `sha256:${string}` {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** So many bytes that do not compress, the same for the same seed. */
export function noise(seed: string, bytes: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

export interface ImageParts {
  readonly architecture?: string;
  readonly subject?: MadeImage;
  readonly artifactType?: string;
}

export function makeImage(
  layers: readonly Buffer[],
  { architecture = "amd64", subject, artifactType }: ImageParts = {},
): MadeImage {
  const platform = { os: "linux", architecture };
  const config = Buffer.from(
    JSON.stringify({ ...platform, rootfs: { type: "layers", diff_ids: layers.map((layer) => sha256(layer)) } }),
  );
  const content = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      ...(artifactType === undefined ? {} : { artifactType }),
      config: descriptorOf(CONFIG, config),
      layers: layers.map((layer) => descriptorOf(LAYER, layer)),
      ...(subject === undefined ? {} : { subject: listed(subject) }),
    }),
  );
  return { mediaType: MANIFEST, digest: sha256(content), content, children: [], blobs: [config, ...layers], platform };
}

export function makeIndex(children: readonly MadeImage[]): MadeImage {
  const manifests = children.map((child) => ({
    ...listed(child),
    ...(child.platform && { platform: child.platform }),
  }));
  const content = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  return { mediaType: INDEX, digest: sha256(content), content, children, blobs: [] };
}

/** Brings an image to a registry by nothing but `fetch`, so that it does not depend on what is tested. */
export async function seed(origin: string, repository: string, reference: string, image: MadeImage): Promise<void> {
  for (const child of image.children) await seed(origin, repository, child.digest, child);
  for (const blob of image.blobs) await seedBlob(origin, repository, blob);
  await expectStatus(201, `${origin}/v2/${repository}/manifests/${reference}`, {
    method: "PUT",
    headers: { "content-type": image.mediaType },
    body: new Uint8Array(image.content),
  });
}

async function seedBlob(origin: string, repository: string, blob: Buffer): Promise<void> {
  const digest = sha256(blob);
  const there = await fetch(`${origin}/v2/${repository}/blobs/${digest}`, { method: "HEAD" });
  if (there.status === 200) return;
  const begun = await expectStatus(202, `${origin}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const location = new URL(begun.headers.get("location") ?? "", origin);
  location.searchParams.set("digest", digest);
  await expectStatus(201, location.href, { method: "PUT", body: new Uint8Array(blob) });
}

async function expectStatus(status: number, url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status !== status)
    throw new Error(`${init.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

function listed({ mediaType, digest, content }: MadeImage) {
  return { mediaType, digest, size: content.length };
}

function descriptorOf(mediaType: string, content: Buffer) {
  return { mediaType, digest: sha256(content), size: content.length };
}
