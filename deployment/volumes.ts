import type { ClusterRequest } from "../components/cluster/contract.ts";
import { textAt } from "../components/kit/objects.ts";
import type { ApiClient } from "../rehearsal/providers/kubernetes/client.ts";
import { objectsAt } from "../rehearsal/providers/kubernetes/objects.ts";

/** A volume that outlives its cluster. */
export interface LastingVolume {
  /** Of the claim that has it: `kubeflow/mysql-pv-claim`. */
  readonly claim: string;
  /** As Kubernetes writes it: `20Gi`. */
  readonly size: string;
  /** What the cloud calls it. */
  readonly handle: string;
}

/** Volumes of a cluster that their reclaim policy keeps. */
export async function lastingVolumes(client: ApiClient): Promise<LastingVolume[]> {
  const { body } = await client.request("/api/v1/persistentvolumes");
  return objectsAt(body, "items")
    .filter((volume) => textAt(volume, "spec", "persistentVolumeReclaimPolicy") === "Retain")
    .map((volume) => ({
      claim: `${textAt(volume, "spec", "claimRef", "namespace")}/${textAt(volume, "spec", "claimRef", "name")}`,
      size: textAt(volume, "spec", "capacity", "storage") ?? "",
      handle: textAt(volume, "spec", "csi", "volumeHandle") ?? textAt(volume, "metadata", "name") ?? "",
    }));
}

/** What stays of a cluster that is gone, for people, with the command that deletes each. */
export function describeVolumes(
  volumes: readonly LastingVolume[],
  cluster: Pick<ClusterRequest, "cloud" | "region">,
): string {
  if (volumes.length === 0) return "the cluster is gone, and no volume of it is known to stay";
  return [
    "The cluster is gone. Retained, because they hold data, are these volumes; to delete them, with all data:",
    ...volumes.map(({ claim, size, handle }) => `  ${deletion(handle, cluster)}  # ${claim}, ${size}`),
  ].join("\n");
}

function deletion(handle: string, { cloud, region = "" }: Pick<ClusterRequest, "cloud" | "region">): string {
  switch (cloud) {
    case "aws":
      return `aws ec2 delete-volume --region ${region} --volume-id ${handle}`;
    case "gcp": {
      const [, project = "", zone = "", disk = handle] =
        /^projects\/([^/]+)\/zones\/([^/]+)\/disks\/(.+)$/.exec(handle) ?? [];
      return `gcloud compute disks delete ${disk} --project ${project} --zone ${zone}`;
    }
    case "digitalocean":
      return `doctl compute volume delete ${handle}`;
    case "existing":
      return `kubectl delete persistentvolume ${handle}`;
  }
}
