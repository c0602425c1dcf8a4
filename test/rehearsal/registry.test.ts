import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { dump } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudName } from "../../components/cluster/contract.ts";
import { textAt } from "../../components/kit/objects.ts";
import { listImages } from "../../components/mirror/list/stacks.ts";
import { targetOf } from "../../components/mirror/list/formats.ts";
import { type Preview, previewStack } from "../../rehearsal/preview/preview.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "registry-test-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function stackFile(cloud: CloudName, airGap: object): Promise<string> {
  const file = path.join(home, `Pulumi.${cloud}.yaml`);
  await writeFile(file, dump({ config: { "kubeflow:airGap": { ...airGap, create: true } } }));
  return file;
}

async function preview(cloud: CloudName, airGap: object): Promise<Preview["resources"]> {
  const configFile = await stackFile(cloud, airGap);
  const { resources } = await previewStack({ environment: "prod", cloud, configFile });
  return resources;
}

/** What is below the component of the registry, as a golden of its own. */
function below(resources: Preview["resources"], component: string) {
  return resources
    .filter(({ parent = "" }) => parent.includes(`${component}::registry`))
    .map(({ type, name, inputs, options }) => ({ type, name, inputs, isProtected: options.protect === true }));
}

describe("the program makes, without credentials, in a preview,", () => {
  it("a repository of ECR for each image of the list, none of whose tags moves", async () => {
    const registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com/kubeflow";
    const made = below(await preview("aws", { registry }), "kubeflow:registry:Ecr");
    for (const { type, inputs, isProtected } of made) {
      expect(type).toBe("aws:ecr/repository:Repository");
      expect(inputs).toMatchObject({
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        forceDelete: false,
      });
      expect(isProtected).toBe(true);
    }
    const cloudFile = path.join(home, "Pulumi.list.yaml");
    await writeFile(cloudFile, dump({ config: { "kubeflow:cloud": "aws", "kubeflow:region": "us-east-1" } }));
    const { images } = await listImages({ environment: "prod", config: cloudFile });
    const wanted = images.map(({ reference }) =>
      targetOf(reference, registry)
        .slice(registry.indexOf("/") + 1)
        .replace(/(@.*|:[^/]*)$/, ""),
    );
    expect(made.map(({ inputs }) => textAt(inputs, "name")).toSorted()).toEqual([...new Set(wanted)].toSorted());
  });

  it("a repository of Artifact Registry that the nodes of GKE may read", async () => {
    const registry = "us-central1-docker.pkg.dev/kubeflow-rehearsal/images";
    const made = below(await preview("gcp", { registry }), "kubeflow:registry:ArtifactRegistry");
    const common = { project: "kubeflow-rehearsal", location: "us-central1" };
    expect(made).toMatchObject([
      { type: "gcp:projects/service:Service", inputs: { service: "artifactregistry.googleapis.com" } },
      {
        type: "gcp:artifactregistry/repository:Repository",
        inputs: { ...common, repositoryId: "images", format: "DOCKER", dockerConfig: { immutableTags: true } },
        isProtected: true,
      },
      {
        type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
        inputs: { ...common, repository: "images", role: "roles/artifactregistry.reader" },
      },
    ]);
  });

  it("the registry of a DigitalOcean account, which takes as many repositories as there are images", async () => {
    const airGap = { registry: "registry.digitalocean.com/site", pullSecret: { username: "t", password: "t" } };
    const made = below(await preview("digitalocean", airGap), "kubeflow:registry:Docr");
    expect(made).toMatchObject([
      {
        type: "digitalocean:index/containerRegistry:ContainerRegistry",
        inputs: { name: "site", subscriptionTierSlug: "professional" },
        isProtected: true,
      },
    ]);
  });
});
