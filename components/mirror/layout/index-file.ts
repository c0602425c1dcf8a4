import { z } from "zod";
import { canonical, parseReference } from "../../kubeflow/images/reference.ts";
import { MirrorError } from "../errors.ts";
import { type Digest, isDigest } from "../oci/digest.ts";
import { type Descriptor, OCI_INDEX } from "../oci/manifest.ts";

/** The full reference, by which skopeo, crane, regctl and oras find an image in a layout. */
export const REFERENCE_NAME = "org.opencontainers.image.ref.name";
/** The name under which containerd imports it. */
const CONTAINERD_NAME = "io.containerd.image.name";
/** The index that an image was chosen from, where only one of its platforms was wanted. */
export const CHOSEN_FROM = "kubeflow.mirror.chosen-from";

const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(
    z.looseObject({
      mediaType: z.string(),
      digest: z.custom<Digest>(isDigest, "is not sha256: and 64 hexadecimal digits"),
      size: z.int().min(0),
      annotations: z.record(z.string(), z.string()).optional(),
      platform: z.looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
      artifactType: z.string().optional(),
    }),
  ),
});

/** The images of an `index.json` by full reference. Throws MirrorError E_BUNDLE for what is none. */
export function parseIndexFile(text: string, where: string): Map<string, Descriptor> {
  const { data, error } = indexSchema.safeParse(parseJson(text));
  if (error !== undefined) {
    const [issue] = error.issues;
    const what = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
    throw new MirrorError("E_BUNDLE", `${where} is not the index of an image layout${what}`);
  }
  return new Map(
    data.manifests.map((entry) => [nameOf(entry.annotations ?? {}, entry.digest, where), entry as Descriptor]),
  );
}

/** Sorted and without anything that changes from run to run: the same images make the same bytes. */
export function formatIndexFile(entries: ReadonlyMap<string, Descriptor>): string {
  const manifests = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return `${JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }, undefined, 2)}\n`;
}

/** An entry of the index under the names by which other tools find it. */
export function namedEntry(
  reference: string,
  { digest, size, mediaType, platform, annotations, artifactType }: Descriptor,
): Descriptor {
  const { host, path, tag, digest: pinned } = parseReference(reference);
  const containerd = tag === undefined ? `${host}/${path}@${pinned ?? digest}` : `${host}/${path}:${tag}`;
  const chosenFrom = annotations?.[CHOSEN_FROM];
  return {
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined ? {} : { artifactType }),
    annotations: {
      [CONTAINERD_NAME]: containerd,
      ...(chosenFrom === undefined ? {} : { [CHOSEN_FROM]: chosenFrom }),
      [REFERENCE_NAME]: reference,
    },
  };
}

/** Tools that write layouts put the full name in one of two places, some only a tag. */
function nameOf(annotations: Readonly<Record<string, string>>, digest: Digest, where: string): string {
  const names = [annotations[REFERENCE_NAME], annotations[CONTAINERD_NAME]].filter((name) => name !== undefined);
  for (const name of names) {
    if (!/[/]/.test(name)) continue;
    try {
      return canonical(name);
    } catch {
      continue;
    }
  }
  throw new MirrorError(
    "E_BUNDLE",
    `${where} lists ${digest} as ${names[0] ?? "nothing"}, which is no full reference`,
    {
      next: `write it with full names, such as docker.io/library/busybox:1.28, as ${REFERENCE_NAME}`,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
