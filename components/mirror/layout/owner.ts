import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { systemErrorCode } from "../../kit/errors.ts";

/** A process, told from every other one on every machine. */
export const ownerSchema = z.object({
  pid: z.int(),
  host: z.string(),
  /** Tells a process from a later one with the same number; empty where the system does not say. */
  started: z.string(),
});

export type Owner = z.infer<typeof ownerSchema>;

/** This process. */
export async function thisOwner(): Promise<Owner> {
  return { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
}

export function isHere({ host }: Owner): boolean {
  return host === hostname();
}

/** Whether a process of this machine still runs. */
export async function isAlive({ pid, started }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return started === "" || now === "" || now === started;
}

/** When a process began, in ticks since the machine did; empty where there is no /proc. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
