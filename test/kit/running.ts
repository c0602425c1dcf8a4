import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Ended } from "./rehearsal.ts";

const RUN = fileURLToPath(new URL("../../bin/run.mjs", import.meta.url));

/** One of the project's tools under way, in a process group of its own, for tests that end it in bad ways. */
export class RunningTool {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";
  #onOutput: () => void = () => undefined;

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [RUN, file, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
      this.#onOutput();
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code) => resolve({ code: code ?? -1, stdout: this.#stdout, stderr: this.#stderr }));
    });
    this.#ended.catch(() => undefined);
  }

  /** Until standard error shows the text. Throws, with all that it showed, when the command ends before. */
  async shows(text: string): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      this.#onOutput = () => {
        if (this.#stderr.includes(text)) resolve();
      };
      this.#onOutput();
    });
    await this.#unlessItEnds(seen, `it showed "${text}"`);
  }

  /** Until `condition` holds, asked often. Throws, with all that it showed, when the command ends before. */
  async reaches(condition: () => Promise<boolean>, what: string): Promise<void> {
    let isOver = false;
    const reached = (async () => {
      while (!isOver && !(await condition())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    })();
    await this.#unlessItEnds(reached, what).finally(() => (isOver = true));
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Kills every process of its group at once and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    await this.#ended;
  }

  /** How it ended; the code is -1 where a signal ended it. */
  ended(): Promise<Ended> {
    return this.#ended;
  }

  async #unlessItEnds(event: Promise<void>, what: string): Promise<void> {
    const early = this.#ended.then(({ code, stderr }) => {
      throw new Error(`ended with ${code} before ${what}:\n${stderr}`);
    });
    early.catch(() => undefined);
    await Promise.race([event, early]);
  }
}

const POLL_MS = 20;
