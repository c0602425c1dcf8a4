import * as kms from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import { type KeyPlace, policyOfDataKey, policyOfSecretsKey } from "./key-policy.ts";

export interface AwsEncryptionArgs {
  /** What the aliases of the keys begin with. */
  readonly clusterName: string;
  readonly region: string;
  readonly account: pulumi.Input<string>;
}

/** Two keys: one encrypts the Secrets of the cluster, the other its volumes and logs. AWS renews both every year. */
export class AwsEncryption extends pulumi.ComponentResource {
  readonly secretsKeyArn: pulumi.Output<string>;
  readonly dataKeyArn: pulumi.Output<string>;

  constructor(name: string, args: AwsEncryptionArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsEncryption", name, {}, opts);
    const place = pulumi.output(args.account).apply((account): KeyPlace => ({ account, region: args.region }));
    this.secretsKeyArn = this.#key(`${name}-secrets`, `${args.clusterName}-secrets`, {
      description: `Secrets of the cluster ${args.clusterName}`,
      policy: place.apply(policyOfSecretsKey),
    });
    // Volumes that outlive the cluster can be read with this key only.
    const kept = { retainOnDelete: true };
    this.dataKeyArn = this.#key(
      `${name}-data`,
      `${args.clusterName}-data`,
      { description: `Volumes and logs of the cluster ${args.clusterName}`, policy: place.apply(policyOfDataKey) },
      kept,
    );
    this.registerOutputs({ secretsKeyArn: this.secretsKeyArn, dataKeyArn: this.dataKeyArn });
  }

  #key(name: string, alias: string, args: kms.KeyArgs, opts: pulumi.CustomResourceOptions = {}) {
    const key = new kms.Key(
      name,
      { ...args, enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, ...opts },
    );
    new kms.Alias(name, { name: `alias/${alias}`, targetKeyId: key.keyId }, { parent: this });
    return key.arn;
  }
}
