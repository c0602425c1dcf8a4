import type { Digest } from "../oci/digest.ts";
import { type Descriptor, OCI_INDEX } from "../oci/manifest.ts";
import type { Place } from "../transfer/plan.ts";
import type { Registries } from "./index.ts";

/** A manifest that refers to another one, at a registry that does not list it there by itself. */
export interface Unlisted {
  readonly place: Place;
  readonly subject: Digest;
  readonly referrer: Descriptor;
}

/**
 * Lists referrers under the tag that stands in for the referrers API, as the distribution specification asks of clients.
 * What the tag lists already stays.
 */
export async function listReferrers(unlisted: readonly Unlisted[], registries: Registries): Promise<void> {
  const groups = Map.groupBy(unlisted, ({ place, subject }) => `${place.host}/${place.repository}@${subject}`);
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { place, subject } = first;
    const registry = registries.of(place.host);
    const listed = await registry.referrers(place.repository, subject);
    const added = group
      .map(({ referrer }) => referrer)
      .filter(({ digest }) => listed.every((one) => one.digest !== digest));
    if (added.length === 0) continue;
    const manifests = [...listed, ...added];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
    await registry.putManifest(place.repository, subject.replace(":", "-"), index, OCI_INDEX);
  }
}
