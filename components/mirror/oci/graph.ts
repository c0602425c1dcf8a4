import { type Digest, short } from "./digest.ts";
import { DEEPEST_INDEX, type Descriptor, parseManifest } from "./manifest.ts";
import { isWanted, type PlatformChoice } from "./platform.ts";
import { MirrorError } from "../errors.ts";

/** Everything that a manifest leads to. */
export interface Reached {
  /** Children before the indexes that list them. */
  readonly manifests: readonly Descriptor[];
  readonly blobs: readonly Descriptor[];
}

/**
 * Follows a manifest to everything below it; `read` gives the bytes of a manifest. Of an index all children are followed.
 * Throws MirrorError E_MANIFEST for indexes that nest too deep and for sizes that contradict each other.
 */
export async function reach(
  root: Descriptor,
  read: (descriptor: Descriptor) => Promise<Uint8Array>,
  where: string,
): Promise<Reached> {
  const manifests = new Map<Digest, Descriptor>();
  const blobs = new Map<Digest, Descriptor>();
  const visit = async (descriptor: Descriptor, depth: number): Promise<void> => {
    if (manifests.has(descriptor.digest)) return;
    if (depth > DEEPEST_INDEX) {
      throw new MirrorError("E_MANIFEST", `${where}: indexes lie more than ${DEEPEST_INDEX} deep in each other`);
    }
    const content = await read(descriptor);
    const place = `${where} (${short(descriptor.digest)})`;
    if (content.length !== descriptor.size) {
      throw new MirrorError("E_MANIFEST", `${place}: has ${content.length} bytes, listed are ${descriptor.size}`);
    }
    const manifest = parseManifest(content, descriptor.mediaType, place);
    if (manifest.kind === "index") for (const child of manifest.manifests) await visit(child, depth + 1);
    else for (const blob of manifest.blobs) blobs.set(blob.digest, blob);
    manifests.set(descriptor.digest, { ...descriptor, mediaType: manifest.mediaType });
  };
  await visit(root, 1);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

/** The children of an index that run on a wanted platform; attestations follow the image that they are about. */
export function chosenFrom(children: readonly Descriptor[], choice: PlatformChoice): readonly Descriptor[] {
  return children.filter(({ platform }) => platform !== undefined && isWanted(platform, choice));
}
