import { createHash } from "node:crypto";
import { access, chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { arch, platform } from "node:process";
import path from "node:path";
import { execa, type Options } from "execa";
import { cached } from "../../components/kit/cache.ts";
import { UserError } from "../../components/kit/errors.ts";
import { onPath } from "../search.ts";
import { versionIn } from "../version.ts";
import { type DebianProgram, type Package, type Program, PROGRAMS, SUITE } from "./packages.ts";

export type { DebianProgram } from "./packages.ts";

/** The environment variable that names a program to use instead: `KUBEFLOW_TOOL_SKOPEO`. */
const settingOf = (name: DebianProgram) => `KUBEFLOW_TOOL_${name.toUpperCase().replaceAll("-", "_")}`;

/**
 * Absolute paths of programs that are packages of Debian, by apt with a configuration and lists of its own: it needs no
 * rights and leaves the system alone. Packages are compared with the pinned SHA-256. Throws UserError where there is no
 * apt, or another processor than amd64.
 */
export async function obtainFromDebian<T extends DebianProgram>(
  names: readonly T[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Readonly<Record<T, string>>> {
  const found: [T, string][] = [];
  for (const name of names) found.push([name, await obtainOne(name, env)]);
  return Object.fromEntries(found) as Record<T, string>;
}

async function obtainOne(name: DebianProgram, env: NodeJS.ProcessEnv): Promise<string> {
  const program: Program = PROGRAMS[name];
  const set = env[settingOf(name)] ?? "";
  const file = set === "" ? path.join(await entry(name, program, env), name) : path.resolve(set);
  const { stdout, failed, shortMessage } = await execa(file, program.askVersion, { reject: false, env });
  const version = versionIn(stdout.replaceAll(path.dirname(file), ""))?.replace(/\+.*/, "");
  if (!failed && version === program.version) return file;
  throw new UserError(`${file} is not ${name} ${program.version}: ${failed ? shortMessage : `it is ${version}`}`, {
    next: set === "" ? `rm -r ${path.dirname(file)}` : `unset ${settingOf(name)}, or name ${name} ${program.version}`,
  });
}

function entry(name: DebianProgram, { version, packages }: Program, env: NodeJS.ProcessEnv): Promise<string> {
  const pinned = createHash("sha256").update(JSON.stringify(packages)).digest("hex").slice(0, 12);
  return cached(path.join("toolchain", `${name}-${version}-${pinned}`), (folder) => make(name, packages, folder, env), {
    env,
  });
}

async function make(
  name: DebianProgram,
  packages: readonly Package[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [apt] = await onPath("apt-get", env);
  const [unpack] = await onPath("dpkg-deb", env);
  if (apt === undefined || unpack === undefined || platform !== "linux" || arch !== "x64") {
    throw new UserError(`${name} is a package of Debian for amd64, which needs apt-get and dpkg-deb`, {
      next: `name one that you have: ${settingOf(name)}=/path/to/${name}`,
    });
  }
  const work = path.join(folder, "apt");
  const options = { cwd: work, env, stdin: "ignore" } as const satisfies Options;
  const common = await configure(work);
  try {
    await execa(apt, [...common, "update"], options);
    const wanted = packages.map((one) => `${one.name}=${one.version}`);
    await execa(apt, [...common, "download", ...wanted], options);
  } catch (error) {
    throw new UserError(`${name} cannot be fetched from Debian: ${(error as Error).message}`, {
      next: `see to what apt-get needs here, or name one that you have: ${settingOf(name)}=/path/to/${name}`,
      cause: error,
    });
  }
  const root = path.join(folder, "root");
  for (const one of packages) await execa(unpack, ["--extract", await checked(one, work), root], options);
  await rm(work, { recursive: true });
  await writeLauncher(name, folder);
}

/** What the apt of this system would read and write, moved to a folder of its own. */
async function configure(work: string): Promise<readonly string[]> {
  await mkdir(path.join(work, "lists", "partial"), { recursive: true });
  await mkdir(path.join(work, "cache", "archives", "partial"), { recursive: true });
  await writeFile(path.join(work, "status"), "");
  // Not every system has Debian's keys; it is the pinned digests that are trusted.
  const source = `deb [trusted=yes arch=amd64] http://deb.debian.org/debian ${SUITE} main\n`;
  await writeFile(path.join(work, "sources.list"), source);
  const settings = {
    "Dir::Etc::SourceList": path.join(work, "sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State": work,
    "Dir::State::Lists": path.join(work, "lists"),
    "Dir::State::Status": path.join(work, "status"),
    "Dir::Cache": path.join(work, "cache"),
    "APT::Architecture": "amd64",
    "APT::Sandbox::User": "",
    "Acquire::Languages": "none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
  };
  return ["--quiet=2", ...Object.entries(settings).flatMap(([key, value]) => ["--option", `${key}=${value}`])];
}

/** The file of a package. Throws UserError for one that is not the pinned one. */
async function checked({ name, version, sha256 }: Package, folder: string): Promise<string> {
  const file = (await readdir(folder)).find((one) => one.startsWith(`${name}_`) && one.endsWith(".deb"));
  if (file === undefined) throw new UserError(`apt-get brought no ${name} ${version}`);
  const digest = createHash("sha256")
    .update(await readFile(path.join(folder, file)))
    .digest("hex");
  if (digest === sha256) return path.join(folder, file);
  throw new UserError(`${file} is refused: its SHA-256 is ${digest}, toolchain/debian/packages.ts says ${sha256}`);
}

/** Runs the program with the libraries that came with it. */
async function writeLauncher(name: DebianProgram, folder: string): Promise<void> {
  await access(path.join(folder, "root", "usr", "bin", name));
  const libraries = ["usr/lib", "lib"].map((one) => `$root/${one}/x86_64-linux-gnu`).join(":");
  const script = `#!/bin/sh\nroot=$(dirname "$0")/root\nLD_LIBRARY_PATH=${libraries} exec "$root/usr/bin/${name}" "$@"\n`;
  await writeFile(path.join(folder, name), script);
  await chmod(path.join(folder, name), 0o755);
}
