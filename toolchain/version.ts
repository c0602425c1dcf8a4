import { execa } from "execa";
import type { Pin } from "./pins.ts";
import type { Context } from "./source.ts";

/** The first version number in a tool's own words, without its `v`; undefined where there is none. */
export function versionIn(output: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?)/.exec(output)?.[1];
}

/** Whether `version` may stand for the pin. Builds with a suffix (`-rc.1`, `+k3s1`) count only where pinned exactly. */
export function isAccepted(version: string, pin: Pin): boolean {
  if (version === pin.version) return true;
  if (pin.accepts === undefined || !/^\d+\.\d+\.\d+$/.test(version)) return false;
  return compare(version, pin.accepts.atLeast) >= 0 && compare(version, pin.accepts.below) < 0;
}

/** What the pin accepts, for messages: `1.34.4`, or `5.4.3 or newer, below 6.0.0`. */
export function acceptedVersions(pin: Pin): string {
  return pin.accepts === undefined ? pin.version : `${pin.accepts.atLeast} or newer, below ${pin.accepts.below}`;
}

/** The version the binary `file` reports; undefined where it does not run or does not say. */
export async function askVersion(file: string, pin: Pin, context: Context): Promise<string | undefined> {
  const { env, signal } = context;
  const result = await execa(file, pin.askVersion, {
    env,
    extendEnv: false,
    stdin: "ignore",
    timeout: 20_000,
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  // Some say by which path they were called, and a path may hold a version.
  return result.failed ? undefined : versionIn(result.stdout.replaceAll(file, ""));
}

function compare(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}
