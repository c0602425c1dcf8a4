import { Repository } from "@pulumi/aws/ecr/repository.js";
import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "./index.ts";
import type { ManagedRegistry } from "./kinds.ts";

/**
 * A repository of ECR for each image: ECR has none before it is made. Nodes of an EKS cluster in the same account pull
 * by their role (AmazonEC2ContainerRegistryPullOnly).
 */
export class EcrRegistry extends pulumi.ComponentResource {
  readonly parts: readonly pulumi.Resource[];

  constructor(
    name: string,
    { account, region }: Extract<ManagedRegistry, { kind: "ecr" }>,
    { paths, environment }: RegistryArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    // Images of a site are pushed to one account: credentials of another end the run before anything is made.
    const provider = new Provider(`${name}-aws`, {
      region,
      allowedAccountIds: [account],
      defaultTags: { tags: { "kubeflow-environment": environment, "managed-by": "pulumi" } },
    });
    super("kubeflow:registry:Ecr", name, {}, { ...opts, providers: [provider] });
    this.parts = paths.map(
      (path) =>
        new Repository(
          `${name}-${path}`,
          {
            name: path,
            // What a tag means is what the lock says, for good.
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "AES256" }],
            forceDelete: environment !== "prod",
          },
          { parent: this, protect: environment === "prod" },
        ),
    );
    this.registerOutputs({});
  }
}
