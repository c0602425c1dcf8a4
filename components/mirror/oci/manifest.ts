import { z } from "zod";
import { defined } from "../../kit/defined.ts";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import { digestSchema } from "./digest.ts";

/** Content by what it holds: where a blob or manifest is listed, this is what lists it. */
export type Descriptor = Readonly<z.infer<typeof descriptorSchema>>;

/** A manifest that lists blobs, or an index that lists manifests; the bytes are what counts, this is what they say. */
export type Manifest = (
  | { readonly kind: "image"; readonly blobs: readonly Descriptor[] }
  | { readonly kind: "index"; readonly manifests: readonly Descriptor[] }
) & { readonly mediaType: string; readonly subject?: Descriptor; readonly artifactType?: string };

export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** What a registry is asked for. */
export const MANIFEST_TYPES = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST] as const;

/** The limit that registries have; a larger one is no manifest. */
export const LARGEST_MANIFEST = 4 * 1024 * 1024;
/** An index of indexes is legal, more is an attack. */
export const DEEPEST_INDEX = 3;
const LARGEST_BLOB = 2 ** 43;

export const descriptorSchema = z.object({
  mediaType: z.string().min(1),
  digest: digestSchema,
  /** Bytes. */
  size: z.int().min(0).max(LARGEST_BLOB),
  platform: z
    .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().exactOptional() })
    .exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
  artifactType: z.string().exactOptional(),
});

const manifestSchema = z.object({
  schemaVersion: z.number(),
  mediaType: z.string().optional(),
  config: descriptorSchema.optional(),
  layers: z.array(descriptorSchema.extend({ urls: z.array(z.string()).optional() })).optional(),
  manifests: z.array(descriptorSchema).optional(),
  subject: descriptorSchema.optional(),
  artifactType: z.string().optional(),
});

/**
 * Reads the bytes of a manifest. `mediaType` is what the registry or the descriptor calls it. Throws MirrorError
 * E_MANIFEST for what is none, for schema 1, and for layers that only a foreign server has.
 */
export function parseManifest(content: Uint8Array, mediaType: string | undefined, where: string): Manifest {
  const refuse = (why: string, next?: string) =>
    new MirrorError("E_MANIFEST", `${where}: ${why}`, next === undefined ? {} : { next });
  if (content.length > LARGEST_MANIFEST) throw refuse(`the manifest is larger than ${LARGEST_MANIFEST} bytes`);
  const data = readJson(manifestSchema, content, (why) => refuse(`is not a manifest (${why})`));
  const type = data.mediaType ?? mediaType ?? (data.manifests === undefined ? OCI_MANIFEST : OCI_INDEX);
  if (data.schemaVersion === 1 || /distribution\.manifest\.v1/.test(type)) {
    throw refuse(
      "is of Docker schema 1, which has no digest that stays and which container runtimes no longer pull",
      "use a later version of the image, or push it again with a current client",
    );
  }
  if (data.schemaVersion !== 2) throw refuse(`has schemaVersion ${data.schemaVersion}; allowed is 2`);
  // Where it does not say what it is, its configuration does.
  const artifactType = data.artifactType ?? data.config?.mediaType;
  const about = { mediaType: type, ...(data.subject && defined({ subject: data.subject, artifactType })) };
  if (data.manifests !== undefined) {
    if (data.layers !== undefined || data.config !== undefined) throw refuse("is an image and an index at once");
    return { kind: "index", manifests: data.manifests, ...about };
  }
  if (data.config === undefined || data.layers === undefined) throw refuse("has neither layers nor manifests");
  const foreign = data.layers.find(({ urls }) => (urls?.length ?? 0) > 0);
  if (foreign !== undefined) {
    throw refuse(`layer ${foreign.digest} is kept by a foreign server, so no registry can be relied on for it`);
  }
  return { kind: "image", blobs: [data.config, ...data.layers], ...about };
}

/** What a manifest refers to, manifests or blobs. */
export function referredBy(manifest: Manifest): readonly Descriptor[] {
  return manifest.kind === "index" ? manifest.manifests : manifest.blobs;
}
