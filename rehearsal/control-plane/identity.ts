import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { systemErrorCode } from "../../components/kit/errors.ts";

/** A process told apart from a later one that got the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the operating system says it: compared, never read. */
  readonly started: string;
}

/** The identity of a running process, undefined where there is none (or only its unreaped remains). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await (process.platform === "linux" ? startedByProc(pid) : startedByPs(pid));
  return started === undefined ? undefined : { pid, started };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.started === identity.started;
}

/** Kills the process at once if it still is the recorded one. */
export async function end(identity: ProcessIdentity): Promise<void> {
  if (await isAlive(identity)) sendSignal(identity.pid, "SIGKILL");
}

/** Signals a process, or with a negative number its group; one that has ended already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== "ESRCH") throw error;
  }
}

async function startedByProc(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The command name, in parentheses, may hold spaces: fields are counted from behind it (proc(5): state ... starttime).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

async function startedByPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({
    stdout: "",
  }));
  return stdout.trim() === "" ? undefined : stdout.trim();
}
