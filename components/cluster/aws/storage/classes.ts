import type * as pulumi from "@pulumi/pulumi";
import type { StorageClass } from "../../contract.ts";

/** The classes of volumes, encrypted with this key; without a file system there is none that several nodes write. */
export function storageClasses(
  dataKeyArn: pulumi.Input<string>,
  fileSystemId: pulumi.Input<string> | undefined,
): StorageClass[] {
  const ebs = {
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true", kmsKeyId: dataKeyArn, "csi.storage.k8s.io/fstype": "ext4" },
  };
  return [
    { name: "gp3", isDefault: true, reclaimPolicy: "Delete", ...ebs },
    { name: "gp3-retain", isDefault: false, reclaimPolicy: "Retain", ...ebs },
    ...(fileSystemId === undefined ? [] : [sharedClass(fileSystemId)]),
  ];
}

/** Each claim gets an access point of its own; files in it belong to its user, whoever writes them. */
function sharedClass(fileSystemId: pulumi.Input<string>): StorageClass {
  return {
    name: "efs",
    isDefault: false,
    provisioner: "efs.csi.aws.com",
    parameters: { provisioningMode: "efs-ap", fileSystemId, directoryPerms: "700" },
    reclaimPolicy: "Retain",
    mountOptions: ["tls"],
  };
}
