import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../components/kit/errors.ts";
import { clear } from "./directory.ts";
import { sendSignal } from "./identity.ts";
import type { Loss, Order, Report } from "./messages.ts";

const KEEPER = fileURLToPath(new URL("keeper-process.ts", import.meta.url));
const PATIENCE_MS = 10_000;

/** The command's end of the channel to a keeper that it started. */
export class KeeperLink {
  readonly #directory: string;
  readonly #child: ChildProcess;
  #loss: UserError | undefined;
  #isStopping = false;
  /** Settles, with why, when the keeper is gone and everything of it is cleared away. */
  readonly #gone: Promise<UserError>;

  constructor(directory: string) {
    this.#directory = directory;
    const log = openSync(path.join(directory, "logs", "keeper.log"), "a", 0o600);
    // Its own process group: Ctrl-C at the terminal reaches the command only, which decides; and should the keeper be
    // killed, the group is what is left to end.
    this.#child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", KEEPER], {
      cwd: directory,
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    });
    closeSync(log);
    this.#child.on("message", (report: Report) => {
      if (report.kind === "lost") this.#loss = asError(report.loss);
    });
    this.#gone = this.#end().then((how) => this.#clear(how));
    this.#release();
  }

  send(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  /** The keeper's answer of the given kind. Throws UserError when the control plane is lost instead. */
  async answer<K extends Report["kind"]>(
    kind: K,
    onReport: (report: Report) => void = () => undefined,
  ): Promise<Extract<Report, { kind: K }>> {
    this.#hold();
    let listener: (report: Report) => void = onReport;
    try {
      return await new Promise((resolve, reject) => {
        listener = (report) => {
          onReport(report);
          if (report.kind === kind) resolve(report as Extract<Report, { kind: K }>);
        };
        this.#child.on("message", listener);
        this.onLost(reject);
      });
    } finally {
      this.#child.off("message", listener);
      this.#release();
    }
  }

  /** Calls back, at once if it has happened already, when the control plane goes without having been stopped. */
  onLost(callback: (error: UserError) => void): void {
    void this.#gone.then((loss) => {
      if (!this.#isStopping) callback(loss);
    });
  }

  /** Ends the control plane and waits until nothing of it is left. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#hold();
    this.send({ kind: "stop" });
    const patience = setTimeout(() => this.#killGroup(), PATIENCE_MS);
    await this.#gone;
    clearTimeout(patience);
    // Whoever used the control plane may have written into its directory after it was lost.
    await clear(this.#directory);
  }

  /** Until the keeper has ended and its last words are read; how it ended. */
  async #end(): Promise<string> {
    const disconnected = new Promise((resolve) => this.#child.once("disconnect", resolve));
    const how = await new Promise<string>((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    if (this.#child.connected) await disconnected;
    return how;
  }

  async #clear(how: string): Promise<UserError> {
    this.#killGroup();
    await clear(this.#directory);
    const unexplained = new UserError(`the keeper of the control plane ended unexpectedly (${how})`, {
      next: "run the rehearsal again",
    });
    return this.#loss ?? unexplained;
  }

  #killGroup(): void {
    if (this.#child.pid !== undefined) sendSignal(-this.#child.pid, "SIGKILL");
  }

  /** An idle link does not keep the command alive; waiting for an answer does. */
  #hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  #release(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }
}

function asError(loss: Loss): UserError {
  const log = (loss.lines ?? []).map((line) => `\n    ${line}`).join("");
  return new UserError(`${loss.message}${log === "" ? "" : `\n  The end of its log:${log}`}`, {
    next: loss.log === undefined ? "run the rehearsal again" : `read the whole log: ${loss.log}`,
  });
}
