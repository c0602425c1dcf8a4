import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { deploy, type DeployOptions } from "../../deployment/deploy.ts";

interface Call {
  readonly args: readonly string[];
  readonly input: string;
  readonly skip: string | null;
  readonly parallel: string | null;
  readonly alone: string | null;
}

/** Answers as the CLI does, and writes down what it was given. */
const FAKE = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const input = args[1] === "set" ? readFileSync(0, "utf8") : "";
appendFileSync(process.env.CALLS, JSON.stringify({ args, input, skip: process.env.PULUMI_SKIP_CHECKPOINTS ?? null, parallel: process.env.PULUMI_PARALLEL ?? null, alone: process.env.KUBEFLOW_REGISTRY_ALONE ?? null }) + "\\n");
if (args[0] === "whoami") process.stdout.write(JSON.stringify({ user: "u", url: process.env.BACKEND }));
if (args[0] === "stack" && args[1] === "ls") process.stdout.write(process.env.STACKS);
if (args[0] === "stack" && process.env.LOCKED) { process.stderr.write("error: no passphrase"); process.exit(255); }
if (args[0] === "config" && args[1] === "--json") process.stdout.write(process.env.CONFIG);
if (args[0] === "stack" && args[1] === "output") process.stdout.write(process.env.OUTPUTS ?? "{}");
if (args[0] === "stack" && args[1] === "export") process.stdout.write(process.env.STATE ?? "{}");
if (args[0] === "up") process.exit(Number(process.env.EXIT ?? 0));
`;

/** A project with settings of the stack dev, and a CLI that only writes down what it is called with. */
export class DeploymentHome {
  readonly folder: string;

  /** What users were told. */
  readonly said: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<DeploymentHome> {
    const folder = await mkdtemp(path.join(tmpdir(), "deployment-"));
    await writeFile(path.join(folder, "pulumi"), FAKE);
    await chmod(path.join(folder, "pulumi"), 0o755);
    await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config:\n  kubeflow:cloud: existing\n");
    return new DeploymentHome(folder);
  }

  /** Runs `npm run up`, or what else the options say; the environment says what the CLI answers. Gives the exit code. */
  run(options: Partial<DeployOptions> = {}, env: NodeJS.ProcessEnv = {}): Promise<number> {
    const defaults = { BACKEND: "file://~", STACKS: "[]", CALLS: path.join(this.folder, "calls") };
    return deploy({
      verb: "up",
      stack: "dev",
      arguments: [],
      yes: false,
      fast: false,
      deleteData: false,
      registryAlone: false,
      pulumi: { file: path.join(this.folder, "pulumi"), before: [] },
      say: (line) => this.said.push(line),
      directory: this.folder,
      env: { ...defaults, ...env },
      ...options,
    });
  }

  async calls(): Promise<Call[]> {
    const text = await readFile(path.join(this.folder, "calls"), "utf8");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Call);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
