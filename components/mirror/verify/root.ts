import { parseReference } from "../../kubeflow/images/reference.ts";
import { movingTo } from "../../kubeflow/images/rewrite.ts";
import { MirrorError } from "../errors.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import type { Registry } from "../registry/registry.ts";
import type { WantedImage } from "../list/wanted.ts";
import { differs } from "./findings.ts";

/**
 * What a registry has where the program looks for an image: the digest by one HEAD. Throws MirrorError E_MISSING where
 * there is nothing, E_DIFFERS where it is neither what the lock says nor made of images that belong to that.
 */
export async function rootIn(to: string, registry: Registry, image: WantedImage): Promise<Digest> {
  const { reference, digest: locked, platforms = [] } = image;
  const { path: repository, tag, digest: pinned } = movingTo(to)(parseReference(reference));
  const name = pinned ?? tag ?? "latest";
  const digest = await registry.head(repository, name);
  if (digest === undefined) {
    const what = `${registry.host}/${repository}${pinned === undefined ? ":" : "@"}${name}`;
    throw new MirrorError("E_MISSING", `${reference} is not in ${to}: ${what} is missing`, {
      next: `npm run mirror -- push <folder> --to ${to}`,
    });
  }
  if (locked === undefined || digest === locked || platforms.includes(digest)) return digest;
  const there = platforms.length === 0 ? [] : await listedBy(registry, repository, digest, reference);
  const isPart = there.length > 0 && there.every((child) => platforms.includes(child));
  if (!isPart) throw differs(reference, digest, locked, to);
  return digest;
}

/** What an index lists; nothing for an image. */
async function listedBy(registry: Registry, repository: string, digest: Digest, where: string): Promise<Digest[]> {
  const manifest = parseManifest((await registry.manifest(repository, digest)).content, undefined, where);
  return manifest.kind === "index" ? manifest.manifests.map((child) => child.digest) : [];
}
