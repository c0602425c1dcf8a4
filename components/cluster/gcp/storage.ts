import type { ClusterRequest, StorageClass } from "../contract.ts";

const DISKS = "pd.csi.storage.gke.io";
const BALANCED = { type: "pd-balanced" };

/** What GKE takes for the default. */
export const FORMER_DEFAULTS: readonly Pick<StorageClass, "name" | "provisioner">[] = [
  { name: "standard-rwo", provisioner: DISKS },
];

/** Persistent disks, which Google encrypts; with `shared` a class of Filestore, which several nodes write. */
export function storageClassesOf({ storage, name }: ClusterRequest): StorageClass[] {
  const shared: StorageClass = {
    name: "kubeflow-shared",
    isDefault: false,
    provisioner: "filestore.csi.storage.gke.io",
    parameters: { tier: "BASIC_SSD", network: name },
    reclaimPolicy: "Retain",
  };
  return [
    { name: "kubeflow", isDefault: true, provisioner: DISKS, parameters: BALANCED, reclaimPolicy: "Delete" },
    { name: "kubeflow-retain", isDefault: false, provisioner: DISKS, parameters: BALANCED, reclaimPolicy: "Retain" },
    ...(storage.shared ? [shared] : []),
  ];
}
