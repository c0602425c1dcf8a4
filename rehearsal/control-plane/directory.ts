import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { systemErrorCode, UserError } from "../../components/kit/errors.ts";
import { end, isAlive, type ProcessIdentity } from "./identity.ts";

/** What `keeper.json` says about one control plane: who keeps it and what to end should the keeper be gone. */
export interface KeeperRecord {
  readonly name: string;
  /** The keeper; until it runs, the process that starts it. */
  readonly keeper: ProcessIdentity;
  readonly components: readonly (ProcessIdentity & { readonly component: string })[];
  /** Kubernetes, such as `1.34.4`; empty until the API server has told. */
  readonly version: string;
  /** Whether it outlives the command that made it. */
  readonly kept: boolean;
}

const STALE_DRAFT_MS = 60_000;

/** Everything of one control plane is in here and nothing of it is anywhere else. */
export function rehearsalsRoot(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_STATE_HOME"];
  const state = base !== undefined && base !== "" ? base : path.join(homedir(), ".local", "state");
  return path.join(state, "kubeflow-on-pulumi", "rehearsals");
}

/** Where logs of components that failed outlive the control plane. */
export function failuresRoot(): string {
  return path.join(path.dirname(rehearsalsRoot()), "failures");
}

export function directoryOf(name: string): string {
  return path.join(rehearsalsRoot(), checkedName(name));
}

export function kubeconfigOf(name: string): string {
  return path.join(directoryOf(name), "kubeconfig");
}

/** Whether this is the path of a kubeconfig that {@link kubeconfigOf} gives, and so leads to a control plane of ours. */
export function isKubeconfigOfOurs(kubeconfig: string): boolean {
  return path.dirname(path.dirname(kubeconfig)) === rehearsalsRoot();
}

/** A name is a DNS label, so that it is safe in paths, contexts and host names alike. */
export function checkedName(name: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new UserError(`${JSON.stringify(name)} cannot be the name of a rehearsal`, {
    next: 'use lower-case letters, digits and "-", at most 63, beginning and ending with a letter or digit',
    exitCode: 2,
  });
}

/** Creates the directory with its record in one step, so that nobody ever sees one without the other. */
export async function createDirectory(record: KeeperRecord): Promise<string> {
  const directory = directoryOf(record.name);
  let draft: string | undefined;
  try {
    await mkdir(rehearsalsRoot(), { recursive: true, mode: 0o700 });
    draft = await mkdtemp(path.join(rehearsalsRoot(), ".new-"));
    await writeRecord(draft, record);
    await mkdir(path.join(draft, "logs"));
    await rename(draft, directory);
    return directory;
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    throw explain(error, record.name);
  }
}

export async function writeRecord(directory: string, record: KeeperRecord): Promise<void> {
  const file = path.join(directory, "keeper.json");
  await writeFile(`${file}.draft`, JSON.stringify(record, null, 2), { mode: 0o600 });
  await rename(`${file}.draft`, file);
}

export async function readRecord(directory: string): Promise<KeeperRecord | undefined> {
  try {
    return JSON.parse(await readFile(path.join(directory, "keeper.json"), "utf8")) as KeeperRecord;
  } catch {
    return undefined;
  }
}

/** The records of all control planes whose keeper lives. What dead keepers left is ended and removed on the way. */
export async function sweep(): Promise<KeeperRecord[]> {
  const living: KeeperRecord[] = [];
  for (const entry of await readdir(rehearsalsRoot()).catch(() => [])) {
    const directory = path.join(rehearsalsRoot(), entry);
    const record = await readRecord(directory);
    const isDraft = entry.startsWith(".new-");
    // Only a draft may have none yet.
    const isInUse = record === undefined ? isDraft && !(await isOld(directory)) : await isAlive(record.keeper);
    if (!isInUse) await clear(directory);
    else if (record !== undefined && !isDraft) living.push(record);
  }
  return living;
}

/** Ends what the record names and removes the directory, whoever else is doing the same. */
export async function clear(directory: string): Promise<void> {
  const record = await readRecord(directory);
  if (record !== undefined) await Promise.all(record.components.map(end));
  await removeDirectory(directory);
}

/** Removes it for good; for some ten seconds also while a step of bringing it up that has begun still writes into it. */
export function removeDirectory(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

async function isOld(directory: string): Promise<boolean> {
  const modified = await stat(directory).then(
    (stats) => stats.mtimeMs,
    () => 0,
  );
  return Date.now() - modified > STALE_DRAFT_MS;
}

function explain(error: unknown, name: string): unknown {
  const root = rehearsalsRoot();
  const elsewhere = `choose another place: XDG_STATE_HOME=/some/writable/folder`;
  switch (systemErrorCode(error)) {
    case "ENOTEMPTY":
    case "EEXIST":
      return new UserError(`a rehearsal named ${name} is there already`, {
        next: `npm run rehearse -- down ${name}, or choose another name`,
        exitCode: 2,
        cause: error,
      });
    case "ENOSPC":
    case "EDQUOT":
      return new UserError(`the disk that holds ${root} is full`, { next: `free some, or ${elsewhere}`, cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
      return new UserError(`the folder of rehearsals ${root} cannot be written`, {
        next: `permit it, or ${elsewhere}`,
        cause: error,
      });
    default:
      return error;
  }
}
