import { Client } from "./client.ts";

/** The provisioner whose volumes the stand-ins make, as a CSI driver would. */
const PROVISIONER = "rehearsal.kubeflow/volumes";

/**
 * Creates the StorageClass a cluster that someone has is expected to have: the default, bound on first use,
 * expandable.
 */
export async function createDefaultStorageClass(kubeconfig: string): Promise<void> {
  const client = await Client.open(kubeconfig);
  try {
    await client.patch("/apis/storage.k8s.io/v1/storageclasses/standard?fieldManager=rehearsal", "apply-patch", {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: PROVISIONER,
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
    });
  } finally {
    await client.close();
  }
}
