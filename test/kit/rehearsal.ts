import { execFile, type ExecFileException } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Summary } from "../../rehearsal/report.ts";
import { RunningTool } from "./running.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** A place of its own for the rehearsals of one test file, so that none of a developer's is touched. */
export class RehearsalHome {
  readonly directory: string;

  /** What this process itself was told before it moved in. */
  #before: { readonly place: string | undefined } | undefined;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<RehearsalHome> {
    return new RehearsalHome(await mkdtemp(path.join(tmpdir(), "rehearsals-")));
  }

  /** Runs `npm run rehearse -- <args>` and waits for its end. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return runTool("rehearsal/cli.ts", args, { ...this.env, ...env });
  }

  /** Starts `npm run rehearse -- <args>`. */
  start(args: readonly string[]): RunningTool {
    return new RunningTool("rehearsal/cli.ts", args, this.env);
  }

  /** Makes it this process's own place, too, until it is closed. */
  moveIn(): void {
    this.#before ??= { place: process.env["XDG_STATE_HOME"] };
    process.env["XDG_STATE_HOME"] = this.directory;
  }

  get env(): NodeJS.ProcessEnv {
    return { XDG_STATE_HOME: this.directory };
  }

  /** Names of the control planes that are there, running or not. */
  async rehearsals(): Promise<string[]> {
    return readdir(path.join(this.directory, "kubeflow-on-pulumi", "rehearsals")).catch(() => []);
  }

  /** Command lines of the processes that were told of this place: commands, keepers and their components. */
  async processes(): Promise<string[]> {
    const found: string[] = [];
    for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (!environment.includes(this.directory)) continue;
      found.push((await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " "));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.run(["down"]);
    if (this.#before !== undefined) {
      if (this.#before.place === undefined) delete process.env["XDG_STATE_HOME"];
      else process.env["XDG_STATE_HOME"] = this.#before.place;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the project's tools the way its npm script does. */
export function runTool(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(PROJECT, "bin", "run.mjs"), file, ...args],
      { cwd: PROJECT, env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 },
      (error: ExecFileException | null, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

/** The JSON object in the last line of standard output. */
export function summaryIn({ stdout }: Ended): Summary {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Summary;
}
