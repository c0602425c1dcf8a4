import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import lockfile from "proper-lockfile";
import { systemErrorCode, UserError } from "./errors.ts";
import { exists } from "./files.ts";

/** Everything expensive lives here, outside the tree, keyed by what it was made from. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_CACHE_HOME"];
  return path.join(base !== undefined && base !== "" ? base : path.join(homedir(), ".cache"), "kubeflow-on-pulumi");
}

/**
 * The cached entry `key` (a relative path), made by `make` where it is missing.
 *
 * `make` fills a temporary directory that becomes the entry by one rename, so a killed run leaves no half entry; of two
 * runs at once one makes it and the other waits (`onWait` is told). A lock whose holder died is taken over after 10 s.
 * Throws UserError when the cache cannot be written or the disk is full.
 */
export async function cached(
  key: string,
  make: (directory: string) => Promise<void>,
  options: { env?: NodeJS.ProcessEnv; onWait?: () => void } = {},
): Promise<string> {
  const entry = path.join(cacheRoot(options.env), key);
  if (await exists(entry)) return entry;
  try {
    await mkdir(path.dirname(entry), { recursive: true });
    const release = await acquire(`${entry}.lock`, options.onWait);
    try {
      if (!(await exists(entry))) await fill(entry, make);
    } finally {
      await release();
    }
  } catch (error) {
    throw explain(error, cacheRoot(options.env));
  }
  return entry;
}

/** Holds the lock, so a draft found here is what a killed run left. */
async function fill(entry: string, make: (directory: string) => Promise<void>): Promise<void> {
  const draft = `${entry}.draft`;
  await rm(draft, { recursive: true, force: true });
  try {
    await mkdir(draft);
    await make(draft);
    await rename(draft, entry);
  } finally {
    // Something that failed may still be writing for a moment.
    await rm(draft, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function acquire(lock: string, onWait?: () => void): Promise<() => Promise<void>> {
  // A lock that was taken from us costs at most work done twice: an entry appears by one rename.
  const options = { lockfilePath: lock, realpath: false, stale: 10_000, onCompromised: () => undefined };
  try {
    return await lockfile.lock(lock, options);
  } catch (error) {
    if (systemErrorCode(error) !== "ELOCKED") throw error;
  }
  onWait?.();
  return lockfile.lock(lock, { ...options, retries: { forever: true, minTimeout: 250, maxTimeout: 1000 } });
}

function explain(error: unknown, root: string): unknown {
  const next = `free or permit ${root}, or choose another place: XDG_CACHE_HOME=/some/writable/folder`;
  switch (systemErrorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new UserError(`the disk that holds the cache ${root} is full`, { next, cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
      return new UserError(`the cache ${root} cannot be written`, { next, cause: error });
    default:
      return error;
  }
}
