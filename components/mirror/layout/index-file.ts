import { z } from "zod";
import { defined } from "../../kit/defined.ts";
import { readJson } from "../../kit/json.ts";
import { canonical, isReference, parseReference } from "../../kubeflow/images/reference.ts";
import { MirrorError } from "../errors.ts";
import { type Descriptor, descriptorSchema, OCI_INDEX } from "../oci/manifest.ts";

/** The full reference, by which skopeo, crane, regctl and oras find an image in a layout. */
const REFERENCE_NAME = "org.opencontainers.image.ref.name";
/** The name under which containerd imports it. */
const CONTAINERD_NAME = "io.containerd.image.name";
/** The index that an image was chosen from, where only one of its platforms was wanted. */
export const CHOSEN_FROM = "kubeflow.mirror.chosen-from";

const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptorSchema.loose()) });

/** The images of an `index.json` by full reference. Throws MirrorError E_BUNDLE for what is none. */
export function parseIndexFile(text: string, where: string): Map<string, Descriptor> {
  const { manifests } = readJson(
    indexSchema,
    text,
    (why) => new MirrorError("E_BUNDLE", `${where} is not the index of an image layout (${why})`),
  );
  return new Map(manifests.map((entry) => [nameOf(entry, where), entry]));
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
  const names = {
    [CONTAINERD_NAME]: containerd,
    ...(chosenFrom && { [CHOSEN_FROM]: chosenFrom }),
    [REFERENCE_NAME]: reference,
  };
  return { mediaType, digest, size, ...defined({ platform, artifactType }), annotations: names };
}

/** Tools that write layouts put the full name in one of two places, some only a tag. */
function nameOf({ digest, annotations }: Descriptor, where: string): string {
  const names = [annotations?.[REFERENCE_NAME], annotations?.[CONTAINERD_NAME]].filter((name) => name !== undefined);
  const full = names.find((name) => name.includes("/") && isReference(name));
  if (full !== undefined) return canonical(full);
  throw new MirrorError(
    "E_BUNDLE",
    `${where} lists ${digest} as ${names[0] ?? "nothing"}, which is no full reference`,
    { next: `write it with full names, such as docker.io/library/busybox:1.28, as ${REFERENCE_NAME}` },
  );
}
