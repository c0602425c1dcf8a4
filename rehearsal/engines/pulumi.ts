import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  type LocalWorkspaceOptions,
  type Stack,
  type UpdateSummary,
} from "@pulumi/pulumi/automation/index.js";
import { dump, load } from "js-yaml";
import { systemErrorCode, UserError } from "../../components/kit/errors.ts";
import { exists } from "../../components/kit/files.ts";
import { OPERATIONS_AT_ONCE } from "../../deployment/deploy.ts";
import { onPath } from "../../deployment/pulumi.ts";
import { resourcesIn } from "../../deployment/stack-resources.ts";
import type { NodeFaults } from "../providers/simulated/control-plane.ts";
import { attachClouds } from "./attached-clouds.ts";
import type { Engine, EngineResult, EngineRun, EngineSession } from "./engine.ts";
import { EventLog } from "./event-log.ts";

/**
 * The real Pulumi CLI of the PATH with its Kubernetes plugin. Its state, its settings and the copy of Pulumi.yaml that
 * they belong to lie with the control plane, so nothing of the user's stacks is touched. Throws UserError with exit
 * code 2 where there is no CLI.
 */
export const pulumiEngine: Engine = {
  up: async (run) => {
    await requireCli();
    return withClouds(run, run.faults, async (environment) => {
      const stack = await openStack(run, environment);
      return carryOut(stack, run, (options) => stack.up(options));
    });
  },
  destroy: async (session) => {
    await requireCli();
    return withClouds(session, undefined, async (environment) => {
      const stack = await keptStack(session, environment);
      return stack === undefined
        ? new EventLog(session.onEvent).result({})
        : carryOut(stack, session, (options) => stack.destroy(options));
    });
  },
  resources: async (session) => {
    await requireCli();
    const stack = await keptStack(session, {});
    return stack === undefined ? [] : resourcesIn(await stack.exportStack());
  },
};

type Environment = Readonly<Record<string, string>>;

/** Has the clouds simulated while the engine runs. */
async function withClouds(
  { directory, kubeconfig }: EngineSession,
  faults: NodeFaults | undefined,
  operation: (environment: Environment) => Promise<EngineResult>,
): Promise<EngineResult> {
  const clouds = await attachClouds(workDirOf(directory), kubeconfig, faults);
  try {
    return await operation(clouds.environment);
  } finally {
    await clouds.close();
  }
}

interface OperationOptions {
  readonly onEvent: (event: EngineEvent) => void;
  readonly suppressProgress: boolean;
  readonly color: "never";
  readonly parallel: number;
}

async function carryOut(
  stack: Stack,
  { onEvent, signal }: EngineSession,
  operation: (options: OperationOptions) => Promise<{ readonly summary: UpdateSummary }>,
): Promise<EngineResult> {
  const log = new EventLog(onEvent);
  const cancel = () => void stack.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const { summary } = await operation({
      onEvent: (event) => log.record(event),
      suppressProgress: true,
      color: "never",
      parallel: OPERATIONS_AT_ONCE,
    });
    return log.result(summary.resourceChanges ?? {});
  } catch (error) {
    signal.throwIfAborted();
    return log.result({}, error instanceof Error ? error.message : String(error));
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** Throws UserError where the PATH holds no Pulumi CLI. */
export async function requireCli(): Promise<void> {
  if ((await onPath("pulumi", process.env)) !== undefined) return;
  throw new UserError("--engine pulumi needs the Pulumi CLI, which is not on the PATH", {
    next: "install it (https://www.pulumi.com/docs/install/), or rehearse with --engine local",
    exitCode: 2,
  });
}

async function openStack(
  { program, project, stack: name, config, directory }: EngineRun,
  environment: Environment,
): Promise<Stack> {
  const workDir = workDirOf(directory);
  await mkdir(stateOf(workDir), { recursive: true });
  const definition = load(await readFile(path.join(program, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
  // Without the settings' types: the CLI refuses an object that is given as JSON text, as the program takes it.
  const { config: _, ...rest } = definition;
  await writeFile(path.join(workDir, "Pulumi.yaml"), dump({ ...rest, name: project, main: path.resolve(program) }));
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, workDir },
    await workspaceIn(workDir, environment),
  );
  await stack.setAllConfig(Object.fromEntries(config));
  return stack;
}

/** The stack that an earlier run has left with the control plane. */
async function keptStack(
  { directory }: Pick<EngineSession, "directory">,
  environment: Environment,
): Promise<Stack | undefined> {
  const workDir = workDirOf(directory);
  if (!(await exists(workDir))) return undefined;
  const options = await workspaceIn(workDir, environment);
  const workspace = await LocalWorkspace.create(options);
  const [stack] = await workspace.listStacks();
  return stack && LocalWorkspace.selectStack({ stackName: stack.name, workDir }, options);
}

async function workspaceIn(workDir: string, environment: Environment): Promise<LocalWorkspaceOptions> {
  return {
    workDir,
    envVars: {
      ...environment,
      PULUMI_BACKEND_URL: `file://${stateOf(workDir)}`,
      PULUMI_CONFIG_PASSPHRASE: await passphrase(path.join(workDir, "passphrase")),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_EXPERIMENTAL: "true",
      PULUMI_SKIP_CHECKPOINTS: "true",
    },
  };
}

function workDirOf(directory: string): string {
  return path.join(directory, "pulumi");
}

function stateOf(workDir: string): string {
  return path.join(workDir, "state");
}

async function passphrase(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
  const made = randomBytes(24).toString("base64");
  await writeFile(file, made, { mode: 0o600 });
  return made;
}
