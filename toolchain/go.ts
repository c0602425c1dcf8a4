import { execa } from "execa";
import { UserError } from "../components/kit/errors.ts";
import { moduleFolder, requiredGo } from "./modules.ts";
import type { Pin } from "./pins.ts";
import { onPath } from "./search.ts";
import type { Context } from "./source.ts";

/** A Go toolchain. */
export interface Go {
  readonly path: string;
  /** As Go writes it: `go1.26.1`. */
  readonly version: string;
}

/**
 * The first Go on PATH, once it has agreed to build every pin; undefined where there is none. It is asked within each
 * module, where a Go since 1.21 may fetch the newer toolchain that go.mod asks for. Throws UserError for one too old.
 */
export async function findGo(pins: readonly Pin[], context: Context): Promise<Go | undefined> {
  const [go] = await onPath("go", context.env);
  if (go === undefined) return undefined;
  let version = "";
  for (const pin of onePerModule(pins)) version = await versionFor(pin, go, context);
  return { path: go, version };
}

async function versionFor(pin: Pin, go: string, context: Context): Promise<string> {
  const { env, signal } = context;
  const result = await execa(go, ["env", "GOVERSION"], {
    cwd: moduleFolder(pin),
    env: { ...env, GOWORK: "off" },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const required = await requiredGo(pin);
  if (/requires go >=/.test(result.stderr))
    throw tooOld(go, /running go (\S+?)[;)]/.exec(result.stderr)?.[1], required);
  if (result.failed) {
    throw new UserError(`${go} does not work: ${result.stderr.trim() || result.shortMessage}`, {
      next: `reinstall Go ${required} or newer: https://go.dev/dl`,
    });
  }
  const version = result.stdout.trim();
  if (isOlder(version, required)) throw tooOld(go, version.replace(/^go/, ""), required);
  return version;
}

function tooOld(go: string, version: string | undefined, required: string): UserError {
  return new UserError(`${go} is Go ${version ?? "of an unknown version"}: too old, ${required} or newer is needed`, {
    next: `install Go ${required} or newer (https://go.dev/dl), or let Go fetch it: GOTOOLCHAIN=auto`,
  });
}

/** Development builds (`devel ...`) count as new enough. */
function isOlder(version: string, required: string): boolean {
  const release = /^go(\d+(?:\.\d+)*)/.exec(version)?.[1];
  return release !== undefined && release.localeCompare(required.replace(/\.0$/, ""), "en", { numeric: true }) < 0;
}

function onePerModule(pins: readonly Pin[]): readonly Pin[] {
  return [...new Map(pins.map((pin) => [pin.module, pin])).values()];
}
