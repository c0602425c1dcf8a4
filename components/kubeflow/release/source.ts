import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import * as tar from "tar";
import { systemErrorCode, UserError } from "../../kit/errors.ts";
import { exists } from "../../kit/files.ts";
import { DOWNLOADS_SETTING } from "../../../toolchain/release.ts";
import type { ReleaseDefinition } from "../releases/index.ts";

/** Manifests on disk, and what names their content: the same key means the same rendering. */
export interface Source {
  /** For people: where the manifests come from. */
  readonly description: string;
  /** The archive or directory that holds the manifests; none where git fetches them. */
  readonly location?: string;
  /** Content digest of an archive or a directory, or a commit. */
  readonly key: string;
  /** Gives a directory that holds the manifests, unpacked or checked out into the empty folder `scratch` if need be. */
  readonly open: (scratch: string) => Promise<string>;
}

export interface SourceOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly report?: (line: string) => void;
  /** The project's folder; archives are looked for in it, its parent, and its parent's `shared`. */
  readonly projectDirectory?: string;
}

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Finds the manifests of a release: `setting` (a directory, a tar.gz or `git`), the environment's KUBEFLOW_MANIFESTS,
 * an archive beside the project, and last the pinned commit by git. Throws UserError where what is named is unusable.
 */
export async function findSource(
  release: ReleaseDefinition,
  setting: string | undefined,
  options: SourceOptions = {},
): Promise<Source> {
  const env = options.env ?? process.env;
  const project = options.projectDirectory ?? PROJECT;
  if (setting === "git") return gitSource(release, options);
  if (setting !== undefined) return localSource(release, path.resolve(project, setting), "setting release.source");
  const named = env["KUBEFLOW_MANIFESTS"];
  if (named !== undefined && named !== "") return localSource(release, path.resolve(named), "KUBEFLOW_MANIFESTS");
  for (const folder of [project, path.join(project, ".."), path.join(project, "..", "shared")]) {
    const archive = path.join(folder, release.archive);
    if (await exists(archive)) return localSource(release, archive, "found beside the project");
  }
  return gitSource(release, options);
}

async function localSource(release: ReleaseDefinition, location: string, origin: string): Promise<Source> {
  const next = `give a directory or a tar.gz of kubeflow/manifests v${release.version}, or "git"`;
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(location)).isDirectory();
  } catch (error) {
    throw new UserError(`the manifests at ${location} (${origin}) cannot be read: ${reasonOf(error)}`, {
      next,
      cause: error,
    });
  }
  const description = `${location} (${origin})`;
  if (isDirectory) {
    return { description, location, key: await digestOfDirectory(location), open: () => Promise.resolve(location) };
  }
  return { description, location, key: await digestOfFile(location), open: (scratch) => extract(location, scratch) };
}

async function extract(archive: string, directory: string): Promise<string> {
  try {
    await tar.extract({ file: archive, cwd: directory, strict: true });
    return directory;
  } catch (error) {
    if (systemErrorCode(error) === "ENOSPC") throw error;
    throw new UserError(`the archive ${archive} is damaged or not a tar.gz: ${reasonOf(error)}`, {
      next: "copy or download it again; its content is checked against the project's lock in any case",
      cause: error,
    });
  }
}

function gitSource(release: ReleaseDefinition, options: SourceOptions): Source {
  const description = `${release.repository} at ${release.commit.slice(0, 12)}`;
  return {
    description,
    key: release.commit,
    open: (scratch) => {
      const isRemote = /^https?:/.test(release.repository);
      if (isRemote && (options.env ?? process.env)[DOWNLOADS_SETTING] === "off")
        throw unfetched(release, "downloads are off");
      return checkOut(release, scratch, options.report);
    },
  };
}

async function checkOut(
  release: ReleaseDefinition,
  directory: string,
  report?: (line: string) => void,
): Promise<string> {
  report?.(`fetching ${release.repository} at ${release.commit.slice(0, 12)}`);
  const env = { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
  const git = async (...args: readonly string[]) => (await execa("git", args, { cwd: directory, env })).stdout;
  try {
    await git("init", "--quiet");
    await git("fetch", "--quiet", "--depth=1", release.repository, release.commit);
    await git("checkout", "--quiet", "FETCH_HEAD");
  } catch (error) {
    throw unfetched(release, lastLine(error), error);
  }
  const tree = await git("rev-parse", "HEAD^{tree}");
  if (tree !== release.tree) {
    throw new UserError(
      `${release.repository} gave tree ${tree} for v${release.version}; the pinned tree is ${release.tree}`,
      {
        next: "do not use this copy; fetch again from a network that you trust",
      },
    );
  }
  return directory;
}

function unfetched(release: ReleaseDefinition, reason: string, cause?: unknown): UserError {
  return new UserError(`git could not fetch ${release.repository}: ${reason}`, {
    next: `put ${release.archive} into the project's folder, or set release.source or KUBEFLOW_MANIFESTS to a copy`,
    cause,
  });
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Digest over the names and contents of the YAML and env files below the folders that a release is made of. */
async function digestOfDirectory(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of ["apps", "common", "contrib", "example"]) {
    const root = path.join(directory, folder);
    if (!(await exists(root))) continue;
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    for (const file of files.map((entry) => path.join(entry.parentPath, entry.name)).sort()) {
      hash
        .update(`${path.relative(directory, file)}\0`)
        .update(await readFile(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

function reasonOf(error: unknown): string {
  if (systemErrorCode(error) === "ENOENT") return "it does not exist";
  return error instanceof Error ? error.message : String(error);
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n").at(-1) ?? "";
}
