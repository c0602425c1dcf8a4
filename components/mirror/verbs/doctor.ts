import { Argument, type Command } from "commander";
import { readStack } from "../../../rehearsal/stack.ts";
import { UserError } from "../../kit/errors.ts";
import { type Environment, environments } from "../../settings/environments.ts";
import { examine, type Finding } from "../bundle/doctor.ts";
import { pluginsFor } from "../bundle/plugins.ts";

interface Flags {
  readonly config?: string;
  readonly json?: boolean;
}

export function doctorVerb(program: Command): void {
  program
    .command("doctor")
    .description("at the site: says what an installation without a way out still lacks on this machine")
    .addArgument(new Argument("<environment>", "the stack").choices(Object.keys(environments)))
    .option("--config <file>", "a stack file whose settings replace those of Pulumi.<environment>.yaml")
    .option("--json", "end with one JSON object on standard output")
    .action(doctor);
}

async function doctor(environment: Environment, { config, json = false }: Flags): Promise<void> {
  const { settings } = await readStack({ environment, ...(config === undefined ? {} : { configFile: config }) });
  const plugins = await pluginsFor(settings.cloud);
  const findings = await examine({ settings, plugins, env: process.env });
  const missing = findings.filter(({ ok }) => !ok);
  if (json) process.stdout.write(`${JSON.stringify({ ok: missing.length === 0, findings })}\n`);
  else process.stdout.write(findings.map(told).join(""));
  if (missing.length > 0) throw new UserError(`missing: ${missing.map(({ name }) => name).join(", ")}`);
}

function told({ name, ok, detail, next }: Finding): string {
  return `${ok ? "ok     " : "missing"}  ${name}: ${detail}\n${next === undefined ? "" : `         ${next}\n`}`;
}
