import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa, type ExecaError } from "execa";
import { load } from "js-yaml";
import type { ClusterRequest } from "../components/cluster/contract.ts";
import { systemErrorCode, UserError } from "../components/kit/errors.ts";
import { at, textAt } from "../components/kit/objects.ts";
import { inputOf, parseSettings, PROJECT, type Settings } from "../components/settings/parse.ts";
import { decideCheckpoints } from "./checkpoints.ts";
import { registryAloneIn } from "./registry-alone.ts";
import { requireUnprotected } from "./protection.ts";
import type { PulumiCommand } from "./pulumi.ts";
import { resourcesIn } from "./stack-resources.ts";

export interface DeployOptions {
  readonly verb: "up" | "destroy";
  readonly stack: string;
  /** Handed to pulumi as they are. */
  readonly arguments: readonly string[];
  readonly yes: boolean;
  readonly fast: boolean;
  /** Whether a destroy takes along what holds data. */
  readonly deleteData: boolean;
  /** Whether an up makes only the registry that the stack's images are pulled from. */
  readonly registryAlone: boolean;
  readonly pulumi: PulumiCommand;
  /** Arguments of `up` that have the policies checked which the settings call for. @default none are checked */
  readonly policies?: (settings: Settings) => Promise<readonly string[]>;
  readonly say: (line: string) => void;
  /** @default this project's folder */
  readonly directory?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** Most operations only wait, and must not keep others from beginning; Pulumi's default is four a core. */
export const OPERATIONS_AT_ONCE = 100;

const DIRECTORY = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs `pulumi up` or `pulumi destroy` on a stack: selects or creates it, gives it a stack secret where it has none, and
 * leaves checkpoints out where nothing can be lost by it. A destroy is completed in the cluster. Returns pulumi's exit
 * code. Throws UserError where pulumi cannot be run, the stack has no settings or something does not go.
 */
export async function deploy(options: DeployOptions): Promise<number> {
  const directory = options.directory ?? DIRECTORY;
  if (options.deleteData && !options.yes) throw dataNeedsYes(options.stack);
  const settings = await settingsOf(directory, options.stack);
  const pulumi = runner(options.pulumi, directory, options.env ?? process.env);
  const isNew = await selectStack(pulumi, options);
  if (options.verb === "up") await ensureSecret(pulumi, options, settings, isNew);
  const { env, remarks } = decideCheckpoints({
    backend: textAt(JSON.parse(await pulumi(["whoami", "--json"])), "url") ?? "",
    adoptable: settings[`${PROJECT}:cloud`] === "existing",
    fast: options.fast,
  });
  for (const remark of remarks) options.say(remark);
  const alone = options.registryAlone ? await registryAlone(pulumi, options) : {};
  const policies = options.verb === "up" ? await policyArguments(pulumi, options) : [];
  const flags = [...(options.yes ? ["--yes"] : []), ...policies];
  const args = [options.verb, "--stack", options.stack, ...flags, ...options.arguments];
  const carryOut = () => pulumi.show(args, { PULUMI_PARALLEL: String(OPERATIONS_AT_ONCE), ...env, ...alone });
  const isWhole = options.verb === "destroy" && !options.arguments.some((argument) => IN_PART.test(argument));
  return isWhole ? destroy(pulumi, options, carryOut) : carryOut();
}

/** Arguments with which pulumi destroys nothing, or only some of a stack. */
const IN_PART = /^(--preview-only|--target|--exclude|-t)\b/;

function dataNeedsYes(stack: string): UserError {
  return new UserError(
    "--delete-data goes with --yes: it deletes volumes and users' profiles, which pulumi asks nothing about",
    {
      next: deletingData(stack),
      exitCode: 2,
    },
  );
}

function deletingData(stack: string): string {
  return `npm run destroy -- ${stack} --delete-data --yes`;
}

async function destroy(pulumi: Runner, options: DeployOptions, carryOut: () => Promise<number>): Promise<number> {
  const { stack, deleteData, say } = options;
  const { cluster } = await storedSettings(pulumi, stack);
  if (cluster.cloud !== "existing") return destroyWithCluster(pulumi, options, cluster, carryOut);
  const { beforeDestroy, afterDestroy } = await import("./destroy.ts");
  const common = { cluster, deleteData, command: deletingData(stack), say };
  await beforeDestroy(common);
  const code = await carryOut();
  if (code === 0) await afterDestroy(common);
  return code;
}

/** The cluster goes as well: what stays are volumes of the cloud. */
async function destroyWithCluster(
  pulumi: Runner,
  { stack, deleteData, say }: DeployOptions,
  cluster: ClusterRequest,
  carryOut: () => Promise<number>,
): Promise<number> {
  if (deleteData) {
    throw new UserError(
      "--delete-data is for existing clusters: with its own cluster, volumes that stay are the cloud's",
      {
        next: `npm run destroy -- ${stack}; it lists them with the commands that delete them`,
        exitCode: 2,
      },
    );
  }
  const { beforeClusterDestroy } = await import("./destroy.ts");
  const { describeOutliving, lastingResources } = await import("./outliving.ts");
  const stored = resourcesIn(JSON.parse(await pulumi(["stack", "export", "--stack", stack])));
  requireUnprotected(
    stored,
    `pulumi config set --path cluster.protect false --stack ${stack}, then npm run up -- ${stack}, then npm run destroy -- ${stack}`,
  );
  const outputs = JSON.parse(await pulumi(["stack", "output", "--json", "--show-secrets", "--stack", stack])) as object;
  const kubeconfig = textAt(outputs, "kubeconfig");
  const volumes = kubeconfig === undefined ? [] : await beforeClusterDestroy(kubeconfig, say);
  const code = await carryOut();
  if (code === 0) say(describeOutliving({ volumes, resources: lastingResources(stored) }, cluster));
  return code;
}

async function registryAlone(pulumi: Runner, { stack }: DeployOptions): Promise<Readonly<Record<string, string>>> {
  const stored = resourcesIn(JSON.parse(await pulumi(["stack", "export", "--stack", stack])));
  return registryAloneIn(stack, await storedSettings(pulumi, stack), stored);
}

async function policyArguments(pulumi: Runner, { policies, stack }: DeployOptions): Promise<readonly string[]> {
  return policies === undefined ? [] : policies(await storedSettings(pulumi, stack));
}

/** The settings with their secrets, as only pulumi can read them. */
async function storedSettings(pulumi: Runner, stack: string): Promise<Settings> {
  const config = JSON.parse(await pulumi(["config", "--json", "--show-secrets", "--stack", stack])) as object;
  const texts = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, textAt(value, "value") ?? ""]));
  return parseSettings(inputOf(texts));
}

async function selectStack(pulumi: Runner, { stack, verb }: DeployOptions): Promise<boolean> {
  const stacks = JSON.parse(await pulumi(["stack", "ls", "--json"])) as { name: string }[];
  if (stacks.some(({ name }) => name === stack || name.endsWith(`/${stack}`))) return false;
  if (verb === "destroy") {
    throw new UserError(`there is no stack ${stack}`, {
      next: `one of: ${stacks.map(({ name }) => name).join(", ") || "none in this backend"}`,
      exitCode: 2,
    });
  }
  await pulumi(["stack", "init", stack]);
  return true;
}

/** The secret goes to pulumi by standard input: an argument could be read by everyone on the machine. */
async function ensureSecret(
  pulumi: Runner,
  { stack, say }: DeployOptions,
  settings: Readonly<Record<string, unknown>>,
  isNew: boolean,
): Promise<void> {
  if (settings[`${PROJECT}:secret`] !== undefined) return;
  if (!isNew) say(`the stack ${stack} had no secret: it gets one, and every password of the platform derives from it`);
  const secret = randomBytes(36).toString("base64");
  await pulumi(["config", "set", "--secret", "secret", "--stack", stack], { input: secret });
}

async function settingsOf(directory: string, stack: string): Promise<Readonly<Record<string, unknown>>> {
  const file = path.join(directory, `Pulumi.${stack}.yaml`);
  try {
    return (at(load(await readFile(file, "utf8")), "config") ?? {}) as Record<string, unknown>;
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    throw new UserError(`the stack ${stack} has no settings: ${path.basename(file)} does not exist`, {
      next: `cp Pulumi.dev.yaml Pulumi.${stack}.yaml, or name another stack: dev, prod`,
      exitCode: 2,
    });
  }
}

interface Runner {
  /** Standard output of a command that must succeed. */
  (args: readonly string[], options?: { readonly input?: string }): Promise<string>;
  /** Exit code of a command that has the terminal. */
  show(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
}

function runner({ file, before }: PulumiCommand, cwd: string, env: NodeJS.ProcessEnv): Runner {
  const quiet = async (args: readonly string[], options: { readonly input?: string } = {}) => {
    try {
      const { stdout } = await execa(file, [...before, ...args, "--non-interactive"], { cwd, env, ...options });
      return stdout;
    } catch (error) {
      throw explain(error as ExecaError, args);
    }
  };
  return Object.assign(quiet, {
    show: async (args: readonly string[], extra: Readonly<Record<string, string>>) => {
      const { exitCode } = await execa(file, [...before, ...args], {
        cwd,
        env: { ...extra, ...env },
        stdio: "inherit",
        reject: false,
      });
      return exitCode ?? 1;
    },
  });
}

function explain(error: ExecaError, args: readonly string[]): UserError {
  const command = `pulumi ${args.slice(0, 2).join(" ")}`;
  if (
    systemErrorCode(error) === "ENOENT" ||
    /could not determine executable|E404|ENOTFOUND|fetch failed/.test(String(error.stderr))
  ) {
    return new UserError("the Pulumi CLI is not on the PATH and cannot be fetched", {
      next: "install it: https://www.pulumi.com/docs/install/",
      exitCode: 2,
      cause: error,
    });
  }
  return new UserError(`${command} failed: ${String(error.stderr).trim()}`, {
    next: "pulumi login, or set PULUMI_CONFIG_PASSPHRASE for a state of your own",
    cause: error,
  });
}
