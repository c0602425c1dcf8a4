import { copyFile, cp, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import * as tar from "tar";
import { defined } from "../../kit/defined.ts";
import { UserError } from "../../kit/errors.ts";
import { findSource } from "../../kubeflow/release/source.ts";
import type { ReleaseDefinition } from "../../kubeflow/releases/index.ts";
import { type Inventory, takeInventory } from "./inventory.ts";
import { PACKAGES_FILE, type Platform, PROJECT_FILE } from "./needs.ts";

export interface BundleOptions {
  /** Is made, and must be empty. */
  readonly folder: string;
  readonly release: ReleaseDefinition;
  /** The setting `release.source`. */
  readonly source: string | undefined;
  readonly platform: Platform;
  /** Files that the user has: the CLI, plugins, kustomize, Node.js. */
  readonly files: readonly string[];
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Fills a folder with npm's cache of the locked packages. @default by npm ci */
  readonly fillCache?: (folder: string, options: Pick<BundleOptions, "platform" | "signal">) => Promise<void>;
  /** @default this project */
  readonly project?: string;
}

const PROJECT = fileURLToPath(new URL("../../..", import.meta.url));
/** The same content gives the same archive. */
const TIMELESS = { portable: true, mtime: new Date(0) } as const;

/** Packs everything beside the images that can be had here. Throws UserError where something that is named cannot. */
export async function createBundle(
  options: BundleOptions,
): Promise<{ readonly inventory: Inventory; readonly checksum: string }> {
  const { folder, release, files, report, project = PROJECT } = options;
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new UserError(`${folder} is not empty`, { next: "name a new folder", exitCode: 2 });
  }
  const scratch = await mkdtemp(path.join(tmpdir(), "bundle-"));
  try {
    report("the project");
    await packProject(project, path.join(folder, PROJECT_FILE), report);
    report("the npm packages of its lock");
    await packPackages(path.join(folder, PACKAGES_FILE), scratch, { ...options, project });
    report(`the manifests of Kubeflow v${release.version}`);
    await packManifests(path.join(folder, release.archive), scratch, options);
    for (const file of files) {
      report(path.basename(file));
      await copyFile(file, path.join(folder, path.basename(file))).catch((error: unknown) => {
        throw new UserError(`${file} cannot be copied: ${(error as Error).message}`, { exitCode: 2, cause: error });
      });
    }
    return await takeInventory(folder, release.version);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What belongs to the project and nothing that only lies beside it, such as a kubeconfig. */
async function packProject(project: string, file: string, report: (line: string) => void): Promise<void> {
  const listed = async (...which: readonly string[]) => {
    const { failed, stdout } = await execa("git", ["ls-files", "-z", ...which], { cwd: project, reject: false });
    return failed ? [] : stdout.split("\0").filter(Boolean);
  };
  const tracked = await listed("--cached");
  const untracked = await listed("--others", "--exclude-standard");
  if (untracked.length > 0) report(`all but ${untracked.join(", ")}, which git does not know`);
  const here = new Set(await readdir(project, { recursive: true }));
  const names = tracked.filter((name) => here.has(path.normalize(name)));
  if (names.length === 0) {
    throw new UserError("the project is no git clone, so what belongs to it is not known", {
      next: "run this in a clone of it",
    });
  }
  await tar.create({ ...TIMELESS, file, cwd: project, gzip: true }, names.toSorted());
}

async function packPackages(
  file: string,
  scratch: string,
  { project, platform, signal, fillCache = byNpm }: BundleOptions & { readonly project: string },
): Promise<void> {
  const folder = path.join(scratch, "packages");
  await mkdir(folder);
  for (const name of ["package.json", "package-lock.json"])
    await copyFile(path.join(project, name), path.join(folder, name));
  await fillCache(folder, { platform, ...defined({ signal }) });
  const cwd = path.join(folder, "npm-cache");
  await tar.create({ ...TIMELESS, file, cwd }, ["_cacache"]);
}

async function byNpm(folder: string, { platform, signal }: Pick<BundleOptions, "platform" | "signal">): Promise<void> {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--cache=npm-cache"];
  const target = [`--os=${platform.os}`, `--cpu=${platform.cpu}`];
  try {
    await execa("npm", ["ci", ...flags, ...target], { cwd: folder, ...(signal && { cancelSignal: signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    throw new UserError(`npm could not fetch the locked packages: ${text.trim().split("\n").at(-1)}`, { cause: error });
  }
}

/** The archive as it is, or one of the folders that the release is made of. */
async function packManifests(file: string, scratch: string, options: BundleOptions): Promise<void> {
  const { release, source, report } = options;
  const found = await findSource(release, source, { report });
  const unpacked = path.join(scratch, "manifests");
  await mkdir(unpacked);
  const folder = await found.open(unpacked);
  const draft = path.join(scratch, "manifests.tar.gz");
  const folders = (await readdir(folder)).filter((name) => !name.startsWith(".")).toSorted();
  await tar.create({ ...TIMELESS, file: draft, cwd: folder, gzip: true }, folders);
  await rename(draft, file).catch(() => cp(draft, file));
}
