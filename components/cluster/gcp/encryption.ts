import { CryptoKey } from "@pulumi/gcp/kms/cryptoKey.js";
import { CryptoKeyIAMMember } from "@pulumi/gcp/kms/cryptoKeyIAMMember.js";
import { KeyRing } from "@pulumi/gcp/kms/keyRing.js";
import { ServiceIdentity } from "@pulumi/gcp/projects/serviceIdentity.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import type { GcpPlan } from "./plan.ts";

const NINETY_DAYS = `${90 * 24 * 60 * 60}s`;

/** The key that Secrets are encrypted with before they are written to the cluster's database. */
export class GcpEncryption extends pulumi.ComponentResource {
  readonly keyName: pulumi.Output<string>;

  constructor(
    name: string,
    { isProtected }: ClusterRequest,
    { project, region }: GcpPlan,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("kubeflow:cluster:GcpEncryption", name, {}, opts);
    // Unnamed: Google never forgets the name of a key ring, so that a second installation could not use it.
    const ring = new KeyRing(name, { project, location: region }, { parent: this, retainOnDelete: true });
    const key = new CryptoKey(
      name,
      { keyRing: ring.id, purpose: "ENCRYPT_DECRYPT", rotationPeriod: NINETY_DAYS },
      { parent: this, protect: isProtected },
    );
    const engine = new ServiceIdentity(name, { project, service: "container.googleapis.com" }, { parent: this });
    const grant = new CryptoKeyIAMMember(
      name,
      {
        cryptoKeyId: key.id,
        role: "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        member: pulumi.interpolate`serviceAccount:${engine.email}`,
      },
      { parent: this },
    );
    // The cluster needs the key once GKE may use it.
    this.keyName = pulumi.all([key.id, grant.id]).apply(([id]) => id);
    this.registerOutputs({});
  }
}
