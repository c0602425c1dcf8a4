import * as eks from "@pulumi/aws/eks/index.js";
import * as pulumi from "@pulumi/pulumi";
import { AwsRole, type AwsRoleArgs } from "../identity/role.ts";
import { managedPolicy, TRUST_PODS, useOfKey } from "../identity/documents.ts";
import type { EksVersion } from "../versions.ts";
import { CONFIGURATION } from "./configuration.ts";
import { type AddOnName, addOnsOf } from "./versions.ts";

export interface AwsAddOnsArgs {
  readonly cluster: eks.Cluster;
  readonly version: EksVersion;
  readonly names: readonly AddOnName[];
  /** Of the volumes that the storage drivers make. */
  readonly dataKeyArn: pulumi.Input<string>;
}

/** Add-ons of EKS: AWS keeps them running, this says which and how. Pods that call AWS have a role by Pod Identity. */
export class AwsAddOns extends pulumi.ComponentResource {
  constructor(name: string, args: AwsAddOnsArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsAddOns", name, {}, opts);
    for (const addOn of args.names) this.#install(`${name}-${addOn}`, addOn, args);
    this.registerOutputs({});
  }

  #install(name: string, addOn: AddOnName, { cluster, version, dataKeyArn }: AwsAddOnsArgs) {
    const addonVersion = addOnsOf(version.minor)[addOn];
    const configuration = CONFIGURATION[addOn];
    const identity = identityOf(addOn, dataKeyArn);
    const role = identity && new AwsRole(name, identity.role, { parent: this });
    new eks.Addon(
      name,
      {
        clusterName: cluster.name,
        addonName: addOn,
        ...(addonVersion === "unknown" ? {} : { addonVersion }),
        ...(configuration === undefined ? {} : { configurationValues: JSON.stringify(configuration) }),
        ...(role && identity
          ? { podIdentityAssociations: [{ serviceAccount: identity.serviceAccount, roleArn: role.arn }] }
          : {}),
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
      },
      { parent: this, deletedWith: cluster, ...(role ? { dependsOn: [role] } : {}) },
    );
  }
}

interface Identity {
  readonly serviceAccount: string;
  readonly role: AwsRoleArgs;
}

/** The role of an add-on's pods, undefined where they do not call AWS. */
function identityOf(addOn: AddOnName, dataKeyArn: pulumi.Input<string>): Identity | undefined {
  const key = { key: pulumi.output(dataKeyArn).apply(useOfKey) };
  switch (addOn) {
    case "vpc-cni":
      return {
        serviceAccount: "aws-node",
        role: { trust: TRUST_PODS, managed: [managedPolicy("AmazonEKS_CNI_Policy")] },
      };
    case "aws-ebs-csi-driver":
      return {
        serviceAccount: "ebs-csi-controller-sa",
        role: { trust: TRUST_PODS, managed: [managedPolicy("service-role/AmazonEBSCSIDriverPolicy")], inline: key },
      };
    case "aws-efs-csi-driver":
      return {
        serviceAccount: "efs-csi-controller-sa",
        role: { trust: TRUST_PODS, managed: [managedPolicy("service-role/AmazonEFSCSIDriverPolicy")], inline: key },
      };
    default:
      return undefined;
  }
}
