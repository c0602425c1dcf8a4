import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { argumentsOf, type Binaries, type Component, environmentIn } from "./components.ts";
import { identify, type ProcessIdentity } from "./identity.ts";

export interface Exit {
  readonly component: Component;
  /** `exit code 1`, `SIGKILL`, or why it could not be started. */
  readonly how: string;
}

export type Recorded = ProcessIdentity & { readonly component: Component };

/** Runs the components of one control plane as children of this process and tells when one ends unasked. */
export class Supervisor {
  readonly #directory: string;
  readonly #binaries: Binaries;
  readonly #onExit: (exit: Exit) => void;
  readonly #children = new Map<Component, ChildProcess>();
  readonly #recorded = new Map<Component, Recorded>();
  #isClosed = false;

  constructor(directory: string, binaries: Binaries, onExit: (exit: Exit) => void) {
    this.#directory = directory;
    this.#binaries = binaries;
    this.#onExit = onExit;
  }

  /** Starts a component; it need not be ready when this returns. */
  async start(component: Component, port: number): Promise<void> {
    if (this.#isClosed) throw new Error(`${component} is not started any more`);
    const log = openSync(this.logOf(component), "a", 0o600);
    try {
      const child = spawn(this.#binaries[component], argumentsOf(component, port), {
        cwd: this.#directory,
        env: environmentIn(this.#directory),
        stdio: ["ignore", log, log],
      });
      this.#children.set(component, child);
      const ended = (how: string): void => {
        if (this.#children.get(component) !== child) return;
        this.#children.delete(component);
        this.#onExit({ component, how });
      };
      child.once("error", (error) => ended(error.message));
      child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
      const identity = child.pid === undefined ? undefined : await identify(child.pid);
      if (identity !== undefined) this.#recorded.set(component, { ...identity, component });
    } finally {
      closeSync(log);
    }
  }

  /** Ends a component at once, without the news that it ended. */
  async stop(component: Component): Promise<void> {
    const child = this.#children.get(component);
    if (child === undefined) return;
    this.#children.delete(component);
    this.#recorded.delete(component);
    const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    child.kill("SIGKILL");
    await exited;
  }

  /** Ends all for good: nothing can be started afterwards. */
  async stopAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#children.keys()].map((component) => this.stop(component)));
  }

  logOf(component: Component): string {
    return path.join(this.#directory, "logs", `${component}.log`);
  }

  /** What has to be ended should this process not do it. */
  get recorded(): Recorded[] {
    return [...this.#recorded.values()];
  }
}
