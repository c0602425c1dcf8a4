import { ApiError } from "../control-plane/client.ts";
import {
  type Claim,
  isReleased,
  needsVolume,
  selectedNode,
  type StorageClass,
  type Volume,
  volumeFor,
  wantedSize,
} from "./provisioning.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import { Store, type Stored } from "./store.ts";

const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const PROVISIONER = "fieldManager=csi-provisioner";
const RESIZER = "fieldManager=csi-resizer";

/**
 * Does what the drivers of disks do: makes the volumes claims wait for, grows them, deletes those that are released.
 */
export function standInForVolumes({ client, signal, log }: Context): void {
  const claims = new Store<Claim>("/api/v1/persistentvolumeclaims");
  const volumes = new Store<Volume>("/api/v1/persistentvolumes");
  void claims.follow(client, signal);
  void volumes.follow(client, signal);

  const provision = async (claim: Claim): Promise<void> => {
    const storageClass = await client.find<StorageClass>(`${CLASSES}/${claim.spec.storageClassName}`);
    if (storageClass === undefined) return;
    const node = selectedNode(claim);
    const chosen = node === undefined ? undefined : await client.find<Stored>(`/api/v1/nodes/${node}`);
    try {
      await client.create(`${volumes.path}?${PROVISIONER}`, volumeFor(claim, storageClass, chosen));
    } catch (error) {
      // Made before; the claim was not bound to it yet.
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  };
  const resize = async (claim: Claim, storage: string): Promise<void> => {
    const capacity = { storage };
    await client.patch(`${volumes.path}/${claim.spec.volumeName}?${RESIZER}`, "merge-patch", { spec: { capacity } });
    await client.patch(`${claims.pathOf(claim)}/status?${RESIZER}`, "merge-patch", { status: { capacity } });
  };

  reconcile({ name: "volumes", watches: [claims, volumes], signal, log }, () =>
    all([
      ...claims.values().filter(needsVolume).map(provision),
      ...claims.values().flatMap((claim) => {
        const size = wantedSize(claim);
        return size === undefined ? [] : [resize(claim, size)];
      }),
      ...volumes
        .values()
        .filter(isReleased)
        .map((volume) => client.remove(volumes.pathOf(volume))),
    ]),
  );
}
