import type { ClusterRequest } from "../components/cluster/contract.ts";
import { textAt } from "../components/kit/objects.ts";
import type { ApiClient } from "../rehearsal/providers/kubernetes/client.ts";
import { objectsAt } from "../rehearsal/providers/kubernetes/objects.ts";
import type { StackResource } from "./stack-resources.ts";

/** A volume that outlives its cluster. */
export interface LastingVolume {
  /** Of the claim that has it: `kubeflow/mysql-pv-claim`. */
  readonly claim: string;
  /** As Kubernetes writes it: `20Gi`. */
  readonly size: string;
  /** What the cloud calls it. */
  readonly handle: string;
}

/** What outlives a cluster that goes with its stack. */
export interface Outliving {
  readonly volumes: readonly LastingVolume[];
  /** Of the cloud: file systems, keys of volumes. */
  readonly resources: readonly StackResource[];
}

/** Where a cluster was. */
export type Place = Pick<ClusterRequest, "cloud" | "region">;

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

/** Resources of a stack that a destroy leaves in the cloud and that can be deleted there, what others need last. */
export function lastingResources(resources: readonly StackResource[]): StackResource[] {
  const kinds = Object.keys(DELETIONS);
  return resources
    .filter(({ type, retainOnDelete }) => retainOnDelete && kinds.includes(type))
    .toSorted((a, b) => kinds.indexOf(a.type) - kinds.indexOf(b.type));
}

/** What stays of a cluster that is gone, for people, with the command that deletes each. */
export function describeOutliving({ volumes, resources }: Outliving, place: Place): string {
  const lines = [
    ...volumes.map(({ claim, size, handle }) => `  ${deletionOf(handle, place)}  # ${claim}, ${size}`),
    ...resources.map(({ type, id }) => `  ${DELETIONS[type]?.(id, place)}`),
  ];
  if (lines.length === 0) return "the cluster is gone, and nothing of it is known to stay";
  return ["The cluster is gone. Retained because it holds data; to delete it, with all data:", ...lines].join("\n");
}

/** Commands by type of resource. Nothing is read without its key, which therefore goes last. */
const DELETIONS: Readonly<Record<string, (id: string, place: Place) => string>> = {
  "aws:efs/fileSystem:FileSystem": (id, { region }) =>
    `aws efs delete-file-system --region ${region} --file-system-id ${id}  # shared volumes`,
  "aws:kms/key:Key": (id, { region }) =>
    `aws kms schedule-key-deletion --region ${region} --key-id ${id}  # the key of all of them`,
};

function deletionOf(handle: string, { cloud, region = "" }: Place): string {
  switch (cloud) {
    case "aws": {
      const [, accessPoint] = /^fs-[^:]+::(fsap-.+)$/.exec(handle) ?? [];
      return accessPoint === undefined
        ? `aws ec2 delete-volume --region ${region} --volume-id ${handle}`
        : `aws efs delete-access-point --region ${region} --access-point-id ${accessPoint}`;
    }
    case "gcp": {
      const [, place = "", instance] = /^modeInstance\/([^/]+)\/([^/]+)\//.exec(handle) ?? [];
      if (instance !== undefined) return `gcloud filestore instances delete ${instance} --location ${place}`;
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
