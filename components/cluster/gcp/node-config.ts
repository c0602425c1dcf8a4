import type * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import { nodeTag } from "./network.ts";

/** What every node has, whatever its size: its own account, a verified boot, and no metadata for pods. */
export function hardenedNode(request: ClusterRequest, serviceAccount: pulumi.Input<string>) {
  return {
    imageType: "COS_CONTAINERD",
    serviceAccount,
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    metadata: { "disable-legacy-endpoints": "true" },
    tags: [nodeTag(request)],
  };
}
