import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decideCheckpoints } from "../../deployment/checkpoints.ts";
import { deploy, type DeployOptions } from "../../deployment/deploy.ts";
import { serveApi } from "./providers/api-server.ts";
import { findPulumi } from "../../deployment/pulumi.ts";

interface Call {
  readonly args: readonly string[];
  readonly input: string;
  readonly skip: string | null;
  readonly parallel: string | null;
}

let folder: string;
let said: string[];

/** Answers as the CLI does, and writes down what it was given. */
const FAKE = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const input = args[1] === "set" ? readFileSync(0, "utf8") : "";
appendFileSync(process.env.CALLS, JSON.stringify({ args, input, skip: process.env.PULUMI_SKIP_CHECKPOINTS ?? null, parallel: process.env.PULUMI_PARALLEL ?? null }) + "\\n");
if (args[0] === "whoami") process.stdout.write(JSON.stringify({ user: "u", url: process.env.BACKEND }));
if (args[0] === "stack" && args[1] === "ls") process.stdout.write(process.env.STACKS);
if (args[0] === "stack" && process.env.LOCKED) { process.stderr.write("error: no passphrase"); process.exit(255); }
if (args[0] === "config" && args[1] === "--json") process.stdout.write(process.env.CONFIG);
if (args[0] === "stack" && args[1] === "output") process.stdout.write(process.env.OUTPUTS ?? "{}");
if (args[0] === "stack" && args[1] === "export") process.stdout.write(process.env.STATE ?? "{}");
if (args[0] === "up") process.exit(Number(process.env.EXIT ?? 0));
`;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "deployment-"));
  said = [];
  await writeFile(path.join(folder, "pulumi"), FAKE);
  await chmod(path.join(folder, "pulumi"), 0o755);
  await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config:\n  kubeflow:cloud: existing\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(options: Partial<DeployOptions> = {}, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const defaults = { BACKEND: "file://~", STACKS: "[]", CALLS: path.join(folder, "calls") };
  return deploy({
    verb: "up",
    stack: "dev",
    arguments: [],
    yes: false,
    fast: false,
    deleteData: false,
    pulumi: { file: path.join(folder, "pulumi"), before: [] },
    say: (line) => said.push(line),
    directory: folder,
    env: { ...defaults, ...env },
    ...options,
  });
}

async function calls(): Promise<Call[]> {
  const text = await readFile(path.join(folder, "calls"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Call);
}

describe("npm run up", () => {
  it("has the policies checked that the stored settings call for", async () => {
    const CONFIG = JSON.stringify({
      "kubeflow:environment": { value: "dev" },
      "kubeflow:cloud": { value: "existing" },
    });
    const policies: DeployOptions["policies"] = ({ environment }) => Promise.resolve(["--policy-pack", environment]);
    expect(await run({ policies, arguments: ["--diff"] }, { CONFIG })).toBe(0);
    expect((await calls()).at(-1)?.args).toEqual(["up", "--stack", "dev", "--policy-pack", "dev", "--diff"]);
  });

  it("makes the stack, gives it a secret by standard input and runs pulumi up on it", async () => {
    expect(await run({ yes: true, arguments: ["--diff"] })).toBe(0);
    const made = await calls();
    expect(made.map(({ args }) => args.slice(0, 2).join(" "))).toEqual([
      "stack ls",
      "stack init",
      "config set",
      "whoami --json",
      "up --stack",
    ]);
    expect(made.at(-1)?.args).toEqual(["up", "--stack", "dev", "--yes", "--diff"]);
    const secret = made[2]?.input ?? "";
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(JSON.stringify(made.map(({ args }) => args))).not.toContain(secret);
  });

  it("keeps the secret and the stack that are there", async () => {
    await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config:\n  kubeflow:secret: {secure: v1:abc}\n");
    await run({}, { STACKS: '[{"name":"dev"}]' });
    expect((await calls()).map(({ args }) => args[0])).toEqual(["stack", "whoami", "up"]);
  });

  it("lets many operations wait at once, unless the environment says how many", async () => {
    await run();
    await run({}, { PULUMI_PARALLEL: "7" });
    expect((await calls()).filter(({ args }) => args[0] === "up").map(({ parallel }) => parallel)).toEqual([
      "100",
      "7",
    ]);
  });

  it("ends with pulumi's own exit code", async () => {
    expect(await run({}, { EXIT: "255" })).toBe(255);
  });

  it("leaves checkpoints out on a cluster that exists already, where the next run adopts what it finds", async () => {
    await run();
    expect((await calls()).at(-1)?.skip).toBe("true");
    expect(said.join()).toContain("an interrupted run is taken up by the next one");
  });

  it("refuses a stack without settings before pulumi is asked for anything", async () => {
    await expect(run({ stack: "staging" })).rejects.toThrow(
      "the stack staging has no settings: Pulumi.staging.yaml does not exist\n  Next: cp Pulumi.dev.yaml",
    );
  });

  it("says what pulumi said when a command of its own fails", async () => {
    await expect(run({}, { LOCKED: "1" })).rejects.toThrow(
      "pulumi stack ls failed: error: no passphrase\n  Next: pulumi login, or set PULUMI_CONFIG_PASSPHRASE",
    );
  });

  it("says how to get the CLI where there is none", async () => {
    const pulumi = { file: path.join(folder, "none"), before: [] };
    await expect(run({ pulumi })).rejects.toThrow("Next: install it: https://www.pulumi.com/docs/install/");
  });
});

describe("npm run destroy", () => {
  it("refuses a stack that is not there, and makes none", async () => {
    await expect(run({ verb: "destroy" }, { STACKS: '[{"name":"prod"}]' })).rejects.toThrow(
      "there is no stack dev\n  Next: one of: prod",
    );
    expect((await calls()).map(({ args }) => args.join(" "))).not.toContain("stack init");
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
    run({ verb: "destroy", ...options }, { STACKS: '[{"name":"dev"}]', CONFIG });

  it("looks into the cluster of the settings before and after, and says what to do where it cannot be reached", async () => {
    await expect(destroy({})).rejects.toThrow(
      /the stack is destroyed, but the cluster cannot be asked what is left: .*connection refused\n {2}Next: npm run destroy -- dev --delete-data --yes/,
    );
    expect(said.join("\n")).toMatch(/the cluster cannot be asked what users have in it: .*connection refused/);
    expect((await calls()).map(({ args }) => args[0])).toEqual(["stack", "whoami", "config", "destroy"]);
  });

  it.each(["--preview-only", "--target=urn:x"])("with %s leaves the cluster to pulumi", async (argument) => {
    expect(await destroy({ arguments: [argument] })).toBe(0);
    expect((await calls()).map(({ args }) => args[0])).toEqual(["stack", "whoami", "destroy"]);
  });

  describe("of a stack with its own cluster", () => {
    const made = { environment: "dev", cloud: "aws", region: "eu-central-1" };
    const values = Object.entries(made).map(([key, value]) => [`kubeflow:${key}`, { value, secret: false }]);
    const own = { STACKS: '[{"name":"dev"}]', CONFIG: JSON.stringify(Object.fromEntries(values)) };
    const destroyAll = (env: NodeJS.ProcessEnv, options: Partial<DeployOptions> = {}) =>
      run({ verb: "destroy", ...options }, { ...own, ...env });

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
      expect((await calls()).map(({ args }) => args[0])).not.toContain("destroy");
    });

    it("says what else stays in the cloud, the key last", async () => {
      const STATE = state(
        resource("aws:kms/key:Key", "data", { retainOnDelete: true }),
        resource("aws:efs/fileSystem:FileSystem", "fs-1", { retainOnDelete: true }),
        resource("kubernetes:core/v1:Namespace", "kubeflow", { retainOnDelete: true }),
        resource("aws:kms/key:Key", "secrets", {}),
      );
      expect(await destroyAll({ STATE })).toBe(0);
      expect(said.at(-1)).toBe(
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
      expect(said.join("\n")).toContain("Retained because it holds data");
      expect(said.join("\n")).toContain(
        "aws efs delete-access-point --region eu-central-1 --access-point-id fsap-2  # kubeflow/mysql-pv-claim, 20Gi",
      );
      expect(said.join("\n")).toContain(
        "aws ec2 delete-volume --region eu-central-1 --volume-id vol-one  # kubeflow/mysql-pv-claim, 20Gi",
      );
      expect(said.join("\n")).not.toContain("vol-two");
      expect((await calls()).map(({ args }) => args.slice(0, 2).join(" "))).toEqual([
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
      expect(said.at(-1)).toBe("the cluster is gone, and nothing of it is known to stay");
      expect(await destroyAll({ OUTPUTS: JSON.stringify({ kubeconfig: JSON.stringify(kubeconfig) }) })).toBe(0);
      expect(said.join("\n")).toMatch(/the cluster cannot be asked what is in it: .*connection refused/);
    });

    it("deletes no volumes of the cloud", async () => {
      await expect(destroyAll({}, { deleteData: true, yes: true })).rejects.toThrow(
        /^--delete-data is for existing clusters/,
      );
      expect((await calls()).map(({ args }) => args[0])).not.toContain("destroy");
    });
  });

  it("deletes no data without --yes, for nobody would have been asked", async () => {
    await expect(destroy({ deleteData: true })).rejects.toThrow(
      /^--delete-data goes with --yes: .*\n {2}Next: npm run destroy -- dev --delete-data --yes$/,
    );
  });
});

describe("checkpoints", () => {
  const decide = (backend: string, adoptable: boolean, fast: boolean) =>
    decideCheckpoints({ backend, adoptable, fast });

  it("are Pulumi Cloud's own matter", () => {
    expect(decide("https://api.pulumi.com", true, true)).toEqual({ env: {}, remarks: [] });
  });

  it("stay where cloud resources could be lost, with a hint to what is quicker", () => {
    const { env, remarks } = decide("s3://state", false, false);
    expect(env).toEqual({});
    expect(remarks[0]).toContain("a journaling backend (Pulumi Cloud)");
  });

  it("are left out there with --fast, under a warning", () => {
    const { env, remarks } = decide("s3://state", false, true);
    expect(env).toEqual({ PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
    expect(remarks[0]).toContain("WARNING");
  });
});

describe("the CLI", () => {
  it("is the one on the PATH", async () => {
    expect(await findPulumi({ PATH: `/nowhere:${folder}` })).toEqual({ file: path.join(folder, "pulumi"), before: [] });
  });

  it("comes from npm where there is none on the PATH", async () => {
    expect(await findPulumi({ PATH: "/nowhere" })).toMatchObject({
      file: "npx",
      before: ["--yes", expect.stringMatching(/^pulumi@/)],
    });
  });
});
