import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import { PRINCIPAL_LISTS } from "../principals.ts";
import type { GcpPlan } from "./plan.ts";
import { ROLES } from "./roles.ts";

/** Roles in the project of those whom the settings name; nobody else's are touched. */
export class GcpAccess extends pulumi.ComponentResource {
  constructor(name: string, request: ClusterRequest, { project }: GcpPlan, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpAccess", name, {}, opts);
    for (const list of PRINCIPAL_LISTS) {
      for (const member of request[list]) {
        new IAMMember(`${name}-${member.replace(":", "-")}`, { project, role: ROLES[list], member }, { parent: this });
      }
    }
    this.registerOutputs({});
  }
}
