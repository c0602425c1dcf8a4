import type { StorageClass } from "../contract.ts";

const PROVISIONER = "dobs.csi.digitalocean.com";

/** What DigitalOcean takes for the default. */
export const FORMER_DEFAULTS: readonly Pick<StorageClass, "name" | "provisioner">[] = [
  { name: "do-block-storage", provisioner: PROVISIONER },
];

/** Block storage volumes, which DigitalOcean encrypts at rest; one node at a time. */
export const storageClasses: readonly StorageClass[] = [
  { name: "kubeflow", isDefault: true, provisioner: PROVISIONER, parameters: {}, reclaimPolicy: "Delete" },
  { name: "kubeflow-retain", isDefault: false, provisioner: PROVISIONER, parameters: {}, reclaimPolicy: "Retain" },
];
