import { ContainerRegistry } from "@pulumi/digitalocean/containerRegistry.js";
import { Provider } from "@pulumi/digitalocean/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "./index.ts";
import type { ManagedRegistry } from "./kinds.ts";

/** The only plan whose number of repositories is not limited; each image is one. */
const PLAN = "professional";

/** The container registry of a DigitalOcean account. Everybody signs in to pull: nodes by `airGap.pullSecret`. */
export class DocrRegistry extends pulumi.ComponentResource {
  readonly parts: readonly pulumi.Resource[];

  constructor(
    name: string,
    { name: registry }: Extract<ManagedRegistry, { kind: "docr" }>,
    { environment, region }: RegistryArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("kubeflow:registry:Docr", name, {}, { ...opts, providers: [new Provider(`${name}-digitalocean`)] });
    const made = new ContainerRegistry(
      name,
      { name: registry, subscriptionTierSlug: PLAN, ...(region === undefined ? {} : { region }) },
      { parent: this, protect: environment === "prod" },
    );
    this.parts = [made];
    this.registerOutputs({});
  }
}
