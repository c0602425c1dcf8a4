import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeployOptions } from "../../../deployment/deploy.ts";
import { DeploymentHome } from "../../kit/deployment.ts";
import { serveApi } from "../../kit/api-server.ts";

let home: DeploymentHome;
beforeEach(async () => {
  home = await DeploymentHome.open();
});
afterEach(() => home.close());

describe("npm run destroy", () => {
  it("refuses a stack that is not there, and makes none", async () => {
    await expect(home.run({ verb: "destroy" }, { STACKS: '[{"name":"prod"}]' })).rejects.toThrow(
      "there is no stack dev\n  Next: one of: prod",
    );
    expect((await home.calls()).map(({ args }) => args.join(" "))).not.toContain("stack init");
  });

  const kubeconfig = {
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  };
  const settings = {
    environment: "dev",
    cloud: "existing",
    cluster: JSON.stringify({ kubeconfig: JSON.stringify(kubeconfig) }),
  };
  const CONFIG = JSON.stringify(
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [`kubeflow:${key}`, { value, secret: false }])),
  );
  const destroy = (options: Partial<DeployOptions>) =>
    home.run({ verb: "destroy", ...options }, { STACKS: '[{"name":"dev"}]', CONFIG });

  it("looks into the cluster of the settings before and after, and says what to do where it cannot be reached", async () => {
    await expect(destroy({})).rejects.toThrow(
      /the stack is destroyed, but the cluster cannot be asked what is left: .*connection refused\n {2}Next: npm run destroy -- dev --delete-data --yes/,
    );
    expect(home.said.join("\n")).toMatch(/the cluster cannot be asked what users have in it: .*connection refused/);
    expect((await home.calls()).map(({ args }) => args[0])).toEqual(["stack", "whoami", "config", "destroy"]);
  });

  it.each(["--preview-only", "--target=urn:x"])("with %s leaves the cluster to pulumi", async (argument) => {
    expect(await destroy({ arguments: [argument] })).toBe(0);
    expect((await home.calls()).map(({ args }) => args[0])).toEqual(["stack", "whoami", "destroy"]);
  });

  describe("of a stack with its own cluster", () => {
    const made = { environment: "dev", cloud: "aws", region: "eu-central-1" };
    const values = Object.entries(made).map(([key, value]) => [`kubeflow:${key}`, { value, secret: false }]);
    const own = { STACKS: '[{"name":"dev"}]', CONFIG: JSON.stringify(Object.fromEntries(values)) };
    const destroyAll = (env: NodeJS.ProcessEnv, options: Partial<DeployOptions> = {}) =>
      home.run({ verb: "destroy", ...options }, { ...own, ...env });

    const SHARED = { volumeHandle: "fs-1::fsap-2" };
    const state = (...resources: readonly object[]) => JSON.stringify({ version: 3, deployment: { resources } });
    const resource = (type: string, id: string, options: object) => ({
      urn: `urn:pulumi:dev::kubeflow::kubeflow:cluster:Aws$${type}::cluster-${id}`,
      type,
      id,
      ...options,
    });

    it("is refused while it is protected, with what that is and the commands that lift it", async () => {
      const STATE = state(
        resource("aws:eks/cluster:Cluster", "control-plane", { protect: true }),
        resource("aws:efs/fileSystem:FileSystem", "shared", { protect: true, retainOnDelete: true }),
        resource("aws:kms/key:Key", "data", { retainOnDelete: true }),
      );
      await expect(destroyAll({ STATE })).rejects.toThrow(
        [
          "nothing is destroyed: the setting cluster.protect (true in prod) keeps",
          "  aws:eks/cluster:Cluster cluster-control-plane",
          "  aws:efs/fileSystem:FileSystem cluster-shared",
          "  Next: pulumi config set --path cluster.protect false --stack dev, then npm run up -- dev, then npm run destroy -- dev",
        ].join("\n"),
      );
      expect((await home.calls()).map(({ args }) => args[0])).not.toContain("destroy");
    });

    it("says what else stays in the cloud, the key last", async () => {
      const STATE = state(
        resource("aws:kms/key:Key", "data", { retainOnDelete: true }),
        resource("aws:efs/fileSystem:FileSystem", "fs-1", { retainOnDelete: true }),
        resource("kubernetes:core/v1:Namespace", "kubeflow", { retainOnDelete: true }),
        resource("aws:kms/key:Key", "secrets", {}),
      );
      expect(await destroyAll({ STATE })).toBe(0);
      expect(home.said.at(-1)).toBe(
        [
          "The cluster is gone. Retained because it holds data; to delete it, with all data:",
          "  aws efs delete-file-system --region eu-central-1 --file-system-id fs-1  # shared volumes",
          "  aws kms schedule-key-deletion --region eu-central-1 --key-id data  # the key of all of them",
        ].join("\n"),
      );
    });

    it("looks into that cluster, never into the one of kubectl, and says which volumes stay", async () => {
      const volume = (name: string, policy: string) => ({
        metadata: { name },
        spec: {
          persistentVolumeReclaimPolicy: policy,
          capacity: { storage: "20Gi" },
          csi: { volumeHandle: `vol-${name}` },
          claimRef: { namespace: "kubeflow", name: "mysql-pv-claim" },
        },
      });
      const shared = { ...volume("three", "Retain"), spec: { ...volume("", "Retain").spec, csi: SHARED } };
      const items = [volume("one", "Retain"), volume("two", "Delete"), shared];
      const server = await serveApi(({ path }) =>
        path === "/api/v1/persistentvolumes" ? { body: { items } } : undefined,
      );
      try {
        expect(await destroyAll({ OUTPUTS: JSON.stringify({ kubeconfig: server.kubeconfig }) })).toBe(0);
      } finally {
        await server.close();
      }
      expect(home.said.join("\n")).toContain("Retained because it holds data");
      expect(home.said.join("\n")).toContain(
        "aws efs delete-access-point --region eu-central-1 --access-point-id fsap-2  # kubeflow/mysql-pv-claim, 20Gi",
      );
      expect(home.said.join("\n")).toContain(
        "aws ec2 delete-volume --region eu-central-1 --volume-id vol-one  # kubeflow/mysql-pv-claim, 20Gi",
      );
      expect(home.said.join("\n")).not.toContain("vol-two");
      expect((await home.calls()).map(({ args }) => args.slice(0, 2).join(" "))).toEqual([
        "stack ls",
        "whoami --json",
        "config --json",
        "stack export",
        "stack output",
        "destroy --stack",
      ]);
    });

    it("goes on where the cluster never came about, or is out of reach", async () => {
      expect(await destroyAll({})).toBe(0);
      expect(home.said.at(-1)).toBe("the cluster is gone, and nothing of it is known to stay");
      expect(await destroyAll({ OUTPUTS: JSON.stringify({ kubeconfig: JSON.stringify(kubeconfig) }) })).toBe(0);
      expect(home.said.join("\n")).toMatch(/the cluster cannot be asked what is in it: .*connection refused/);
    });

    it("deletes no volumes of the cloud", async () => {
      await expect(destroyAll({}, { deleteData: true, yes: true })).rejects.toThrow(
        /^--delete-data is for existing clusters/,
      );
      expect((await home.calls()).map(({ args }) => args[0])).not.toContain("destroy");
    });
  });

  it("deletes no data without --yes, for nobody would have been asked", async () => {
    await expect(destroy({ deleteData: true })).rejects.toThrow(
      /^--delete-data goes with --yes: .*\n {2}Next: npm run destroy -- dev --delete-data --yes$/,
    );
  });
});
