import { Argument, Command } from "commander";
import { runCli } from "../components/kit/cli.ts";
import { findPulumi } from "./pulumi.ts";
import { deploy, type DeployOptions } from "./deploy.ts";

/** Loaded only when it is needed: it brings a compiler along. */
const policies: NonNullable<DeployOptions["policies"]> = async (settings) =>
  (await import("../policies/deployment.ts")).policyArguments(settings);

const stack = new Argument("<stack>", "the stack, whose settings are in Pulumi.<stack>.yaml");

interface Flags {
  readonly yes?: boolean;
  readonly fast?: boolean;
  readonly deleteData?: boolean;
  readonly registry?: boolean;
}

/** As it is typed: npm keeps what stands before its own `--`. */
const USAGE = "-- [options] <stack> [-- arguments...]";

const command = new Command("npm run").description("Runs Pulumi on a stack with what this platform needs around it");

command
  .command("up")
  .usage(USAGE)
  .description("install or update; arguments after -- go to pulumi")
  .addArgument(stack)
  .argument("[arguments...]", "for pulumi")
  .option("--yes", "do not ask")
  .option("--fast", "no checkpoints, whatever the stack holds: quicker, and an interrupted run forgets what it made")
  .option(
    "--registry",
    "only the registry that airGap.create, airGap.distribution or airGap.harbor has made, to fill it first",
  )
  .action((name: string, args: string[], flags: Flags) => run("up", name, args, flags));

command
  .command("destroy")
  .usage(USAGE)
  .description("remove everything but what holds data; arguments after -- go to pulumi")
  .addArgument(stack)
  .argument("[arguments...]", "for pulumi")
  .option("--yes", "do not ask")
  .option("--delete-data", "with --yes: remove what holds data as well, also after an earlier destroy")
  .action((name: string, args: string[], flags: Flags) => run("destroy", name, args, flags));

await runCli(command);

async function run(verb: DeployOptions["verb"], name: string, args: readonly string[], flags: Flags): Promise<void> {
  process.exitCode = await deploy({
    verb,
    stack: name,
    arguments: args,
    yes: flags.yes === true,
    fast: flags.fast === true,
    deleteData: flags.deleteData === true,
    registryAlone: flags.registry === true,
    pulumi: await findPulumi(process.env),
    policies,
    say: (line) => process.stderr.write(`${line}\n`),
  });
}
