import type { KubernetesObject } from "../../kit/objects.ts";
import type { Cluster, StorageClass } from "../contract.ts";

const DEFAULT = "storageclass.kubernetes.io/is-default-class";

/**
 * The StorageClasses of a cluster. A class of the cloud's own that was the default stops being it: it is named with what
 * cannot change of it, so that it is adopted and keeps everything else.
 */
export function storageClassObjects({
  storageClasses,
  formerDefaults = [],
}: Pick<Cluster, "storageClasses" | "formerDefaults">): KubernetesObject[] {
  return [
    ...formerDefaults.map(({ name, provisioner }) => ({ ...head(name, false), provisioner })),
    ...storageClasses.map(storageClass),
  ];
}

function storageClass({ name, isDefault, provisioner, parameters, reclaimPolicy, mountOptions }: StorageClass) {
  return {
    ...head(name, isDefault),
    provisioner,
    parameters,
    reclaimPolicy,
    // A volume in another zone than its pod's nodes leaves the pod pending for good.
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    ...(mountOptions === undefined ? {} : { mountOptions }),
  };
}

function head(name: string, isDefault: boolean) {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name, annotations: { [DEFAULT]: String(isDefault) } },
  };
}
