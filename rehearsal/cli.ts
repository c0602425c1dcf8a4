import { randomBytes } from "node:crypto";
import { Argument, Command, Option } from "commander";
import { type CloudName, CLOUDS } from "../components/cluster/contract.ts";
import { runCli } from "../components/kit/cli.ts";
import { UserError } from "../components/kit/errors.ts";
import { progressFor } from "../components/kit/progress.ts";
import { readWanted } from "../components/mirror/list/wanted.ts";
import { releases } from "../components/kubeflow/releases/index.ts";
import { environments, type Environment } from "../components/settings/environments.ts";
import { type KubernetesMinor } from "../toolchain/index.ts";
import { kubernetesOption } from "../toolchain/kubernetes-option.ts";
import { compare, comparisonTold } from "./comparison/index.ts";
import { kept, readFaults, remove } from "./control-plane/index.ts";
import { destroyInstallation } from "./destroy.ts";
import { destructionTold, summaryOfDestruction } from "./destroy-report.ts";
import { type EngineName, engines } from "./engines/index.ts";
import { besideOf } from "./registry-cluster.ts";
import { type Rehearsal, rehearse } from "./rehearse.ts";
import { imagesTold, reportByPart, summaryOf, tableOf, troublesOf } from "./report.ts";

interface Flags {
  readonly cloud?: CloudName;
  readonly config?: string;
  readonly keep?: boolean;
  readonly name?: string;
  readonly faults?: string;
  readonly images?: string;
  readonly kubernetes: KubernetesMinor;
  readonly engine: EngineName;
  readonly json?: boolean;
}

const command = new Command("npm run rehearse --").description(
  "Installs the stack on a throwaway Kubernetes: a real API server, scheduler and controllers, simulated nodes",
);

command
  .command("run", { isDefault: true })
  .description("install (the default)")
  .addArgument(
    new Argument("[environment]", "which stack")
      .choices(Object.keys(environments))
      .default("dev" satisfies Environment),
  )
  .addOption(new Option("--cloud <cloud>", "in place of the setting; the cloud itself is simulated").choices(CLOUDS))
  .option("--config <file>", "a stack file whose settings replace those of Pulumi.<environment>.yaml")
  .option("--keep", "leave the control plane running, to look at or to apply to again")
  .option("--name <name>", "name it; the name of a kept one applies to that one again")
  .addOption(kubernetesOption())
  .addOption(engineOption())
  .option("--faults <file>", "what goes wrong on purpose, as JSON: docs/faults.md")
  .option(
    "--images <file>",
    "with airGap: what the mirror holds, a lock or a list; without it, what the stack asks for",
  )
  .option("--json", "end with one JSON object on standard output; progress goes to standard error")
  .action(install);

command
  .command("destroy")
  .description("remove the installation from a kept control plane; what holds data stays")
  .argument("<name>", "of the control plane")
  .option("--delete-data", "remove what holds data as well")
  .addOption(engineOption())
  .option("--json", "end with one JSON object on standard output; progress goes to standard error")
  .action(destroy);

command
  .command("compare")
  .description("compare all that two kept control planes hold, object by object")
  .argument("<first>", "name of a control plane")
  .argument("<second>", "name of another, such as one that another engine has installed on")
  .option("--json", "end with one JSON object on standard output")
  .action(compareTwo);

command.command("down").description("remove kept control planes").argument("[name]", "only this one").action(down);

await runCli(command);

async function install(environment: Environment, flags: Flags): Promise<void> {
  const began = performance.now();
  const rehearsal = await begin(environment, flags).catch((error: unknown) => {
    if (flags.json === true) {
      const message = error instanceof Error ? error.message : String(error);
      process.stdout.write(`${JSON.stringify({ ok: false, environment, engine: flags.engine, error: message })}\n`);
    }
    throw error;
  });
  finish(rehearsal, flags, (performance.now() - began) / 1000);
}

function engineOption(): Option {
  return new Option("--engine <engine>", "what runs the program: the project's own host, or the Pulumi CLI of the PATH")
    .choices(Object.keys(engines))
    .default("local" satisfies EngineName);
}

/** Aborts when the user interrupts the command. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

async function begin(environment: Environment, flags: Flags): Promise<Rehearsal> {
  return rehearse({
    environment,
    ...(flags.cloud === undefined ? {} : { cloud: flags.cloud }),
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
    kubernetes: flags.kubernetes,
    engine: flags.engine,
    name: flags.name ?? `${environment}-${randomBytes(2).toString("hex")}`,
    reuse: flags.name !== undefined && (await kept()).some(({ name }) => name === flags.name),
    keep: flags.keep === true,
    ...(flags.faults === undefined ? {} : { faults: await readFaults(flags.faults) }),
    ...(flags.images === undefined ? {} : { held: (await readWanted(flags.images)).map((one) => one.reference) }),
    progress: progressFor({ json: flags.json === true }),
    signal: interruption(),
  });
}

function finish(rehearsal: Rehearsal, flags: Flags, seconds: number): void {
  const { inspection, journal, result } = rehearsal;
  const release = releases[rehearsal.stack.settings.release.version];
  const summary = summaryOf(rehearsal, { engine: flags.engine, seconds });
  const troubles = troublesOf(result, inspection, journal, rehearsal.images);
  if (flags.json === true) {
    for (const trouble of troubles) process.stderr.write(`${trouble}\n`);
    process.stdout.write(`${JSON.stringify(summary)}\n`);
  } else {
    process.stdout.write(`\n${tableOf(reportByPart(release.parts, journal.entries(), inspection))}\n`);
    for (const trouble of troubles) process.stdout.write(`${trouble}\n`);
    const { objects, workloads, pods } = summary;
    process.stdout.write(
      `${objects.applied} objects applied (${objects.changed} changed, ${objects.retried} retried), ` +
        `${workloads.ready} of ${workloads.total} workloads ready, ${pods.pending} pods pending, ${seconds.toFixed(1)} s\n`,
    );
    if (rehearsal.images !== undefined) process.stdout.write(`${imagesTold(rehearsal.images)}\n`);
    process.stdout.write(`${nextStep(rehearsal)}\n`);
  }
  if (!summary.ok) throw new UserError("the rehearsal failed, for the reasons above");
}

function nextStep({ isKept, controlPlane: { name, kubeconfig }, registry }: Rehearsal): string {
  if (!isKept) {
    return 'Nothing is left of it. To look at the cluster, run it with --keep; to install on a real one, see README, "Use it".';
  }
  return [
    `Look at it: KUBECONFIG=${kubeconfig} kubectl get pods -A`,
    ...(registry === undefined
      ? []
      : [`The registry beside it: KUBECONFIG=${registry.kubeconfig} kubectl get pods -A`]),
    `Destroy it: npm run rehearse -- destroy ${name}`,
    `Remove all: npm run rehearse -- down ${name}`,
  ].join("\n");
}

async function destroy(name: string, flags: Pick<Flags, "engine" | "json"> & { deleteData?: boolean }): Promise<void> {
  const began = performance.now();
  const json = flags.json === true;
  const destruction = await destroyInstallation({
    name,
    engine: flags.engine,
    deleteData: flags.deleteData === true,
    progress: progressFor({ json }),
    signal: interruption(),
  });
  const summary = summaryOfDestruction(destruction, (performance.now() - began) / 1000);
  const told = destructionTold(destruction, summary.seconds);
  process[json ? "stderr" : "stdout"].write(`${told}\n`);
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (!summary.ok) throw new UserError("the destroy failed, for the reasons above");
}

async function compareTwo(first: string, second: string, flags: Pick<Flags, "json">): Promise<void> {
  const comparison = await compare(first, second);
  const isSame = comparison.differences.length === 0;
  process[flags.json === true ? "stderr" : "stdout"].write(`${comparisonTold(comparison, first, second)}\n`);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ok: isSame, first, second, ...comparison })}\n`);
  if (!isSame) throw new UserError(`${first} and ${second} do not hold the same`);
}

async function down(name: string | undefined): Promise<void> {
  const all = (await kept()).map((one) => one.name);
  const names = name === undefined ? all : [name, ...all.filter((one) => one === besideOf(name))];
  for (const one of names) {
    await remove(one);
    process.stdout.write(`removed ${one}\n`);
  }
  if (names.length === 0) process.stdout.write("no rehearsal is kept\n");
}
