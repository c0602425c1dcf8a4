import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { cached, cacheRoot } from "../components/kit/cache.ts";
import { UserError } from "../components/kit/errors.ts";
import { exists } from "../components/kit/files.ts";
import { buildFlags, moduleFolder } from "./modules.ts";
import type { Pin } from "./pins.ts";
import type { Context, Found, Origin } from "./source.ts";
import { askVersion } from "./version.ts";

const RECORD = "origin.json";

/** How a cached binary came to be, kept beside it. */
export interface Provenance {
  readonly origin: Origin;
  readonly from: string;
  /** The publisher's SHA-256 of the download it was checked against, and where that was published. */
  readonly sha256?: string;
  readonly checksums?: string;
}

interface EntryRecord extends Provenance {
  readonly version: string;
  /** Bytes of the binary: tells a file that lost its end in a power cut. */
  readonly size: number;
}

/** The cached binary of a pin; undefined where there is none. Throws UserError for an entry that is no longer whole. */
export async function readEntry(pin: Pin, env: NodeJS.ProcessEnv): Promise<Found | undefined> {
  const entry = path.join(cacheRoot(env), await entryKey(pin));
  const binary = path.join(entry, pin.tool);
  if (!(await exists(entry))) return undefined;
  try {
    const record = JSON.parse(await readFile(path.join(entry, RECORD), "utf8")) as EntryRecord;
    if ((await stat(binary)).size !== record.size) throw new Error(`${binary} is not ${record.size} bytes long`);
    return { tool: pin.tool, version: record.version, origin: "cache", from: record.from, path: binary };
  } catch (error) {
    throw new UserError(`the cached ${pin.tool} in ${entry} is damaged`, { next: `rm -r ${entry}`, cause: error });
  }
}

/**
 * Makes the cached binary of a pin, unless another run does so first. `make` writes the binary to `file`; everything
 * else it leaves beside it stays in the entry. Throws UserError for a binary that is not the pinned version.
 */
export async function makeEntry(
  pin: Pin,
  context: Context,
  make: (file: string) => Promise<Provenance>,
): Promise<Found> {
  const { env, report, signal } = context;
  const key = await entryKey(pin);
  let started = false;
  let made: Provenance | undefined;
  signal?.throwIfAborted();
  const entry = cached(
    key,
    async (draft) => {
      signal?.throwIfAborted();
      started = true;
      const file = path.join(draft, pin.tool);
      made = await make(file);
      const version = await askVersion(file, pin, context);
      if (version !== pin.version) throw wrongVersion(pin, made, version);
      const record: EntryRecord = { version, size: (await stat(file)).size, ...made };
      await writeFile(path.join(draft, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
    },
    { env, onWait: () => report(`${pin.tool} ${pin.version}: another run is obtaining it, waiting for that`) },
  );
  await whileWanted(entry, () => started, signal);
  const found = await readEntry(pin, env);
  if (found === undefined) throw new Error(`${pin.tool} vanished from the cache`);
  return made === undefined ? found : { ...found, origin: made.origin };
}

/** Changes with everything that decides what a build from the pinned modules yields. */
async function entryKey(pin: Pin): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(path.join(moduleFolder(pin), file)));
  hash.update(JSON.stringify([pin.package, buildFlags(pin)]));
  const { os, arch } = pin.platform;
  return path.join("toolchain", `${pin.tool}-${pin.version}-${os}-${arch}-${hash.digest("hex").slice(0, 12)}`);
}

/** Gives up the wait for another run's lock when aborted; what this run `started` ends by itself and cleans up first. */
async function whileWanted<T>(promise: Promise<T>, started: () => boolean, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    if (!started()) reject(signal.reason as Error);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function wrongVersion(pin: Pin, made: Provenance, version: string | undefined): UserError {
  return new UserError(
    `${pin.tool} (${made.from}) reports version ${version ?? "none"}, not the pinned ${pin.version}`,
    { next: `compare toolchain/pins.ts with toolchain/modules/${pin.module}/go.mod` },
  );
}
