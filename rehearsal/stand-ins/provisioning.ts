import type { V1NodeSelector } from "@kubernetes/client-node";
import type { Stored } from "./store.ts";

type Resources = Readonly<Record<string, string>>;

export interface Claim extends Stored {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly volumeMode?: string;
    readonly accessModes?: readonly string[];
    readonly resources?: { readonly requests?: Resources };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: Resources };
}

export interface Volume extends Stored {
  readonly spec: { readonly capacity?: Resources; readonly persistentVolumeReclaimPolicy?: string };
  readonly status?: { readonly phase?: string };
}

export interface StorageClass extends Stored {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
  readonly mountOptions?: readonly string[];
}

const PROVISIONER = "volume.kubernetes.io/storage-provisioner";
const SELECTED_NODE = "volume.kubernetes.io/selected-node";
const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
const ZONE = "topology.kubernetes.io/zone";

/**
 * Whether an external provisioner acts on a claim now: Kubernetes' volume controller names the provisioner as soon as it
 * may act, which for a class that waits for a consumer is when the scheduler has chosen a node.
 */
export function needsVolume({ metadata, spec, status }: Claim): boolean {
  return (
    status?.phase === "Pending" &&
    spec.volumeName === undefined &&
    metadata.deletionTimestamp === undefined &&
    metadata.annotations?.[PROVISIONER] !== undefined
  );
}

/** The node the scheduler chose for the first pod that uses the claim. */
export function selectedNode({ metadata }: Claim): string | undefined {
  return metadata.annotations?.[SELECTED_NODE];
}

/** The volume a CSI driver would make for a claim, tied to the zone of the node it was made for. */
export function volumeFor(claim: Claim, storageClass: StorageClass, node: Stored | undefined): object {
  const { metadata, spec } = claim;
  const name = `pvc-${metadata.uid}`;
  const zone = node?.metadata.labels?.[ZONE];
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { [PROVISIONED_BY]: storageClass.provisioner } },
    spec: {
      capacity: { storage: spec.resources?.requests?.["storage"] },
      accessModes: spec.accessModes,
      volumeMode: spec.volumeMode ?? "Filesystem",
      storageClassName: spec.storageClassName,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      // Provisioners from before CSI have a slash in their name, which a driver must not have.
      csi: { driver: storageClass.provisioner.replaceAll("/", "."), volumeHandle: name },
      ...(zone === undefined ? {} : { nodeAffinity: { required: inZone(zone) } }),
    },
  };
}

/** Whether a volume is to be deleted because its claim is gone. */
export function isReleased({ metadata, spec, status }: Volume): boolean {
  return (
    status?.phase === "Released" &&
    spec.persistentVolumeReclaimPolicy === "Delete" &&
    metadata.deletionTimestamp === undefined &&
    metadata.annotations?.[PROVISIONED_BY] !== undefined
  );
}

/** The size a bound claim asks for while it has another, undefined when it has what it asks for. */
export function wantedSize({ spec, status }: Claim): string | undefined {
  const wanted = spec.resources?.requests?.["storage"];
  return status?.phase === "Bound" && wanted !== status.capacity?.["storage"] ? wanted : undefined;
}

function inZone(zone: string): V1NodeSelector {
  return { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: [zone] }] }] };
}
