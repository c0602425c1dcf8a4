import { IAMMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import type { GcpPlan } from "./plan.ts";

/** What nodes may do: write logs and metrics, and read images of the project. */
const ROLES = ["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"] as const;

/** The nodes' own account, in place of the project's default one, which may edit the whole project. */
export class GcpNodeIdentity extends pulumi.ComponentResource {
  readonly email: pulumi.Output<string>;

  constructor(name: string, request: ClusterRequest, { project }: GcpPlan, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpNodeIdentity", name, {}, opts);
    const account = new Account(
      name,
      { project, accountId: `${request.name}-node`, displayName: `Nodes of ${request.name}` },
      { parent: this },
    );
    for (const role of ROLES) {
      const member = pulumi.interpolate`serviceAccount:${account.email}`;
      new IAMMember(`${name}-${role.split("/")[1]}`, { project, role, member }, { parent: this });
    }
    this.email = account.email;
    this.registerOutputs({});
  }
}
