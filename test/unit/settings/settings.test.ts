import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { problemsIn } from "../../kit/settings-problems.ts";

const dev = { environment: "dev", cloud: "existing" };

describe("settings", () => {
  it("take the sizes of their environment", () => {
    expect(parseSettings(dev).cluster.nodes).toEqual({ count: 3, max: 6, cpu: 16, memory: 64e9, disk: 1e12 });
    const prod = parseSettings({ ...dev, environment: "prod" });
    expect(prod.cluster.nodes).toEqual({ count: 6, max: 12, cpu: 32, memory: 128e9, disk: 2e12 });
    expect(prod.cluster.gpuPools).toMatchObject([{ count: 1, gpus: 8 }]);
  });

  it("overlay only what they name", () => {
    expect(parseSettings({ ...dev, cluster: { nodes: { count: 5 } } }).cluster.nodes).toEqual({
      count: 5,
      max: 6,
      cpu: 16,
      memory: 64e9,
      disk: 1e12,
    });
  });

  it("treat the empty secret of Pulumi.yaml as none", () => {
    expect(parseSettings({ ...dev, secret: "" }).secret).toBeUndefined();
  });

  it("report every problem in one error, with path, value, what is allowed and the nearest name", () => {
    expect(
      problemsIn({
        enviroment: "dev",
        cloud: "exsting",
        cluster: { nodes: { count: 0, memory: "64GB", cpus: 4 }, gpuPools: [{ name: "A100" }] },
        release: { version: "1.9.0", deadline: "soon" },
      }),
    ).toMatchInlineSnapshot(`
      "the settings have 14 problems:
        environment is missing; it must be one of dev, prod
        cloud is "exsting"; it must be one of existing, aws, gcp, digitalocean (did you mean existing?)
        cluster.nodes.count is 0; it must be a whole number from 1 to 1000
        cluster.nodes.memory is "64GB"; it must be a size such as 64 GB or 1.5 TB
        cluster.nodes.cpus is not a setting (did you mean cpu?); known: count, max, cpu, memory, disk, instanceType
        cluster.gpuPools[0].name is "A100"; it must be lower-case letters, digits and dashes, beginning with a letter, 32 characters at most
        cluster.gpuPools[0].count is missing; it must be a whole number from 1 to 1000
        cluster.gpuPools[0].cpu is missing; it must be a whole number from 1 to 1024
        cluster.gpuPools[0].memory is missing; it must be a size such as 64 GB or 1.5 TB
        cluster.gpuPools[0].disk is missing; it must be a size such as 64 GB or 1.5 TB
        cluster.gpuPools[0].gpus is missing; it must be a whole number from 1 to 16
        release.version is "1.9.0"; it must be 1.8.1
        release.deadline is "soon"; it must be a duration such as 90s, 20m or 1h, 2h at most
        enviroment is not a setting (did you mean environment?); known: environment, cloud, region, project, cluster, storage, release, components, ingress, auth, rotation, registries, mesh, services, airGap, users, teams, profiles, tenancy, secret
        Next: correct the stack file (Pulumi.<stack>.yaml); Pulumi.yaml describes every setting"
    `);
  });

  it("never show the value of a secret", () => {
    const message = problemsIn({ ...dev, secret: "hunter2hunter2" });
    expect(message).toContain("secret (value not shown) is wrong; it must be text of 32 characters or more");
    expect(message).not.toContain("hunter2");
  });

  it.each([null, 7, "dev", []])("refuse %j whole", (input) => {
    expect(problemsIn(input)).toContain("the settings");
  });
});
