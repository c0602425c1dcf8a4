import { Command } from "commander";
import { runCli } from "../components/kit/cli.ts";
import { type Found, KUBERNETES, type KubernetesMinor, locate, TOOLS } from "./index.ts";
import { kubernetesOption } from "./kubernetes-option.ts";

interface Flags {
  readonly json?: boolean;
  readonly kubernetes: KubernetesMinor;
}

await runCli(command());
// An interrupted wait for another run's lock would keep this process alive.
process.exit();

function command(): Command {
  return new Command("npm run toolchain --")
    .description("Obtains every binary the project runs, ahead of the first command that needs them.")
    .addOption(kubernetesOption())
    .option("--json", "end with one JSON object on standard output")
    .allowExcessArguments(false)
    .action((flags: Flags) => (flags.json === true ? printJson(flags) : printTable(flags)));
}

async function printTable(flags: Flags): Promise<void> {
  const rows = (await obtainAll(flags)).map(({ tool, version, origin, from, path }) => [
    tool,
    version,
    origin === "cache" ? `cache (${from})` : from,
    path,
  ]);
  const all = [["tool", "version", "from", "path"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  for (const row of all) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}\n`);
  }
}

async function printJson(flags: Flags): Promise<void> {
  const began = Date.now();
  const print = (outcome: object) => process.stdout.write(`${JSON.stringify(outcome)}\n`);
  try {
    const tools = await obtainAll(flags);
    const seconds = Math.round((Date.now() - began) / 100) / 10;
    print({ ok: true, kubernetes: KUBERNETES[flags.kubernetes], tools, seconds });
  } catch (error) {
    print({ ok: false, error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

function obtainAll({ kubernetes }: Flags): Promise<readonly Found[]> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new DOMException("interrupted", "AbortError"));
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  return locate(TOOLS, { kubernetes, report, signal: interruption.signal });
}
