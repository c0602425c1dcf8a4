import { describe, expect, it } from "vitest";
import { isInCluster, managedRegistryOf } from "../../../components/registry/kinds.ts";
import { UserError } from "../../../components/kit/errors.ts";
import { parseSettings } from "../../../components/settings/parse.ts";

describe("a registry that a cloud runs", () => {
  it.each([
    [
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/kubeflow",
      { kind: "ecr", account: "123456789012", region: "eu-west-1", folder: "kubeflow" },
    ],
    [
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
      { kind: "ecr", account: "123456789012", region: "eu-west-1", folder: "" },
    ],
    [
      "europe-west4-docker.pkg.dev/my-project/images/kubeflow",
      { kind: "artifact-registry", location: "europe-west4", project: "my-project", repository: "images" },
    ],
    ["registry.digitalocean.com/site", { kind: "docr", name: "site" }],
  ])("is known by its name: %s", (registry, parts) => expect(managedRegistryOf(registry)).toEqual(parts));

  it.each([
    "registry.example.com/kubeflow",
    "europe-west4-docker.pkg.dev/my-project",
    "registry.digitalocean.com",
    "12.dkr.ecr.eu-west-1.amazonaws.com/kubeflow",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com/kubeflow",
  ])("is not %s", (registry) => expect(managedRegistryOf(registry)).toBeUndefined());
});

describe("a registry inside of a cluster", () => {
  it.each(["registry.registry.svc:5000", "registry.registry.svc.cluster.local/kubeflow"])("is %s", (registry) =>
    expect(isInCluster(registry)).toBe(true),
  );
  it.each(["registry.example.com", "svc.example.com:5000"])("is not %s", (registry) =>
    expect(isInCluster(registry)).toBe(false),
  );
});

describe("the setting airGap.create", () => {
  const problemsOf = (airGap: object): string => {
    try {
      parseSettings({ environment: "dev", cloud: "existing", airGap });
      return "no error";
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };

  it("is for registries that are made here, and names them", () => {
    expect(problemsOf({ registry: "harbor.example.com/kubeflow", create: true })).toMatch(
      /airGap\.create is true; it must be left out, as only these are made here: .*\(ECR\).*Harbor/,
    );
  });

  it("wants the sign-in without which DOCR lets nobody pull", () => {
    const docr = { registry: "registry.digitalocean.com/site", create: true };
    expect(problemsOf(docr)).toContain("airGap.pullSecret is missing; it must be given, as DOCR lets nobody pull");
    expect(problemsOf({ ...docr, pullSecret: { username: "t", password: "t" } })).toBe("no error");
  });

  it("never makes nor takes one in the cluster that it feeds", () => {
    expect(problemsOf({ registry: "registry.registry.svc.cluster.local:5000/kubeflow" })).toContain(
      "it must be a registry beside the cluster: one inside of it would have to be pulled from itself",
    );
  });
});
