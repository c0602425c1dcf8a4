import { Service } from "@pulumi/gcp/projects/service.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import { registryAuthorityOf } from "../registry-authority.ts";
import type { GcpPlan } from "./plan.ts";

const NEEDED = ["cloudkms", "compute", "container", "iam"] as const;

/** The APIs of the project that the cluster needs; they stay on when it goes, since others may use them. */
export class GcpServices extends pulumi.ComponentResource {
  constructor(name: string, request: ClusterRequest, { project }: GcpPlan, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpServices", name, {}, opts);
    for (const api of neededBy(request)) {
      new Service(
        `${name}-${api}`,
        { project, service: `${api}.googleapis.com`, disableOnDestroy: false },
        { parent: this, retainOnDelete: true },
      );
    }
    this.registerOutputs({});
  }
}

function neededBy(request: ClusterRequest): string[] {
  return [
    ...NEEDED,
    ...(request.storage.shared ? ["file"] : []),
    ...(registryAuthorityOf(request) === undefined ? [] : ["secretmanager"]),
  ];
}
