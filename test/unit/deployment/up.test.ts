import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decideCheckpoints } from "../../../deployment/checkpoints.ts";
import type { DeployOptions } from "../../../deployment/deploy.ts";
import { findPulumi } from "../../../deployment/pulumi.ts";
import { DeploymentHome } from "../../kit/deployment.ts";

let home: DeploymentHome;
beforeEach(async () => {
  home = await DeploymentHome.open();
});
afterEach(() => home.close());

describe("npm run up", () => {
  it("has the policies checked that the stored settings call for", async () => {
    const CONFIG = JSON.stringify({
      "kubeflow:environment": { value: "dev" },
      "kubeflow:cloud": { value: "existing" },
    });
    const policies: DeployOptions["policies"] = ({ environment }) => Promise.resolve(["--policy-pack", environment]);
    expect(await home.run({ policies, arguments: ["--diff"] }, { CONFIG })).toBe(0);
    expect((await home.calls()).at(-1)?.args).toEqual(["up", "--stack", "dev", "--policy-pack", "dev", "--diff"]);
  });

  describe("--registry", () => {
    const AIR_GAP = { registry: "123456789012.dkr.ecr.us-east-1.amazonaws.com/kubeflow", create: true };
    const configOf = (airGap: object) =>
      JSON.stringify({
        "kubeflow:environment": { value: "dev" },
        "kubeflow:cloud": { value: "existing" },
        "kubeflow:airGap": { value: JSON.stringify(airGap) },
      });
    const stateOf = (...urns: string[]) =>
      JSON.stringify({ deployment: { resources: urns.map((urn) => ({ urn, type: urn.split("::")[2] })) } });
    const STACK = "urn:pulumi:dev::kubeflow::pulumi:pulumi:Stack::kubeflow-dev";
    const OF_REGISTRY = "urn:pulumi:dev::kubeflow::kubeflow:registry:Ecr$aws:ecr/repository:Repository::registry-a";

    it("tells the program, for this stack, to make only the registry; the next run makes the rest", async () => {
      const answers = { CONFIG: configOf(AIR_GAP), STATE: stateOf(STACK, OF_REGISTRY) };
      expect(await home.run({ registryAlone: true }, answers)).toBe(0);
      expect(await home.run({}, answers)).toBe(0);
      const ups = (await home.calls()).filter(({ args }) => args[0] === "up");
      expect(ups.map(({ alone }) => alone)).toEqual(["dev", null]);
    });

    it("is refused where a run that left out the rest would delete it", async () => {
      const rest = "urn:pulumi:dev::kubeflow::kubeflow:kubeflow:Kubeflow::kubeflow";
      const STATE = stateOf(STACK, OF_REGISTRY, rest);
      await expect(home.run({ registryAlone: true }, { CONFIG: configOf(AIR_GAP), STATE })).rejects.toThrow(
        "--registry: the stack dev holds more than its registry already",
      );
      expect((await home.calls()).filter(({ args }) => args[0] === "up")).toEqual([]);
    });

    it("is refused where the stack makes none", async () => {
      const CONFIG = configOf({ registry: AIR_GAP.registry });
      await expect(home.run({ registryAlone: true }, { CONFIG })).rejects.toThrow("the stack dev makes no registry");
    });
  });

  it("makes the stack, gives it a secret by standard input and runs pulumi up on it", async () => {
    expect(await home.run({ yes: true, arguments: ["--diff"] })).toBe(0);
    const made = await home.calls();
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
    await writeFile(path.join(home.folder, "Pulumi.dev.yaml"), "config:\n  kubeflow:secret: {secure: v1:abc}\n");
    await home.run({}, { STACKS: '[{"name":"dev"}]' });
    expect((await home.calls()).map(({ args }) => args[0])).toEqual(["stack", "whoami", "up"]);
  });

  it("lets many operations wait at once, unless the environment says how many", async () => {
    await home.run();
    await home.run({}, { PULUMI_PARALLEL: "7" });
    expect((await home.calls()).filter(({ args }) => args[0] === "up").map(({ parallel }) => parallel)).toEqual([
      "100",
      "7",
    ]);
  });

  it("ends with pulumi's own exit code", async () => {
    expect(await home.run({}, { EXIT: "255" })).toBe(255);
  });

  it("leaves checkpoints out on a cluster that exists already, where the next run adopts what it finds", async () => {
    await home.run();
    expect((await home.calls()).at(-1)?.skip).toBe("true");
    expect(home.said.join()).toContain("an interrupted run is taken up by the next one");
  });

  it("refuses a stack without settings before pulumi is asked for anything", async () => {
    await expect(home.run({ stack: "staging" })).rejects.toThrow(
      "the stack staging has no settings: Pulumi.staging.yaml does not exist\n  Next: cp Pulumi.dev.yaml",
    );
  });

  it("says what pulumi said when a command of its own fails", async () => {
    await expect(home.run({}, { LOCKED: "1" })).rejects.toThrow(
      "pulumi stack ls failed: error: no passphrase\n  Next: pulumi login, or set PULUMI_CONFIG_PASSPHRASE",
    );
  });

  it("says how to get the CLI where there is none", async () => {
    const pulumi = { file: path.join(home.folder, "none"), before: [] };
    await expect(home.run({ pulumi })).rejects.toThrow("Next: install it: https://www.pulumi.com/docs/install/");
  });

  it("says the same where npm's package cannot fetch it", async () => {
    const says = "process.stderr.write('Downloading pulumi v3.265.0...\\npulumi: fetch failed\\n'); process.exit(1)";
    const pulumi = { file: process.execPath, before: ["--eval", says, "--"] };
    await expect(home.run({ pulumi })).rejects.toThrow(
      "the Pulumi CLI is not on the PATH and cannot be fetched\n  Next: install it: https://www.pulumi.com/docs/install/",
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
    expect(await findPulumi({ PATH: `/nowhere:${home.folder}` })).toEqual({
      file: path.join(home.folder, "pulumi"),
      before: [],
    });
  });

  it("comes from npm where there is none on the PATH", async () => {
    expect(await findPulumi({ PATH: "/nowhere" })).toMatchObject({
      file: "npx",
      before: ["--yes", expect.stringMatching(/^pulumi@/)],
    });
  });
});
