import { Repository } from "@pulumi/gcp/artifactregistry/repository.js";
import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember.js";
import { Service } from "@pulumi/gcp/projects/service.js";
import { Provider } from "@pulumi/gcp/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "./index.ts";
import type { ManagedRegistry } from "./kinds.ts";

/** A repository of Artifact Registry that holds every image, which the nodes of a GKE cluster may read. */
export class ArtifactRegistry extends pulumi.ComponentResource {
  readonly parts: readonly pulumi.Resource[];

  constructor(
    name: string,
    { location, project, repository }: Extract<ManagedRegistry, { kind: "artifact-registry" }>,
    { environment, nodes }: RegistryArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super(
      "kubeflow:registry:ArtifactRegistry",
      name,
      {},
      { ...opts, providers: [new Provider(`${name}-gcp`, { project })] },
    );
    const api = new Service(
      name,
      { project, service: "artifactregistry.googleapis.com", disableOnDestroy: false },
      { parent: this, retainOnDelete: true },
    );
    const made = new Repository(
      name,
      {
        project,
        location,
        repositoryId: repository,
        format: "DOCKER",
        description: "Images of Kubeflow",
        // What a tag means is what the lock says, for good.
        dockerConfig: { immutableTags: true },
        labels: { environment, "managed-by": "pulumi" },
      },
      { parent: this, dependsOn: [api], protect: environment === "prod" },
    );
    this.parts = [made];
    if (nodes !== undefined) {
      new RepositoryIamMember(
        `${name}-nodes`,
        {
          project,
          location,
          repository: made.repositoryId,
          role: "roles/artifactregistry.reader",
          member: nodes,
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
