import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../components/mirror/cli.ts", import.meta.url));

/** The command line as `npm run mirror` starts it. */
export const MIRROR_COMMAND = [process.execPath, "--disable-warning=ExperimentalWarning", CLI] as const;

/** How a run of the mirror's command line ended. */
export interface MirrorRun {
  /** 128 and the signal's number where one ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON object that ends standard output. */
  json<T = Record<string, unknown>>(): T;
}

/** A run under way. */
export interface RunningMirror {
  readonly child: ChildProcess;
  readonly ended: Promise<MirrorRun>;
}

/** Runs of the mirror in a folder of their own, as a user has them: no credentials but those that the test lays there. */
export class MirrorHome {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;

  readonly #input: string;

  private constructor(folder: string, env: NodeJS.ProcessEnv = {}, input = "") {
    this.folder = folder;
    this.#input = input;
    this.env = {
      PATH: process.env["PATH"],
      HOME: folder,
      XDG_CACHE_HOME: path.join(folder, "cache"),
      NODE_COMPILE_CACHE: path.join(tmpdir(), "mirror-tests-compiled"),
      ...env,
    };
  }

  static async open(): Promise<MirrorHome> {
    return new MirrorHome(await mkdtemp(path.join(tmpdir(), "mirror-")));
  }

  /** The same folder, where these variables are set and runs read this from standard input. */
  with(env: NodeJS.ProcessEnv, input = ""): MirrorHome {
    return new MirrorHome(this.folder, env, input);
  }

  path(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }

  start(...args: readonly string[]): RunningMirror {
    const [program, ...own] = MIRROR_COMMAND;
    const child = spawn(program, [...own, ...args], {
      cwd: this.folder,
      env: this.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(this.#input);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<MirrorRun>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        const json = <T>() => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as T;
        resolve({ code: code ?? (signal === null ? -1 : 137), stdout, stderr, json });
      });
    });
    return { child, ended };
  }

  run(...args: readonly string[]): Promise<MirrorRun> {
    return this.start(...args).ended;
  }

  /** Runs, and tells the most memory that it took meanwhile, in bytes; what the system says last is close to the end. */
  async runWatched(...args: readonly string[]): Promise<MirrorRun & { readonly peakBytes: number }> {
    const { child, ended } = this.start(...args);
    let peakBytes = 0;
    const timer = setInterval(() => {
      void readFile(`/proc/${child.pid}/status`, "utf8").then(
        (text) => (peakBytes = Math.max(peakBytes, Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024)),
        () => undefined,
      );
    }, 20);
    const run = await ended;
    clearInterval(timer);
    return { ...run, peakBytes };
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
