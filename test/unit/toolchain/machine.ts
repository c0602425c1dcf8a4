import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Context } from "../../../toolchain/source.ts";

/** A machine of its own for one test: an empty PATH but for the system's shell, an empty cache, no downloads. */
export interface Machine {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly reports: string[];
  /** A context for calling one source alone. */
  context(signal?: AbortSignal): Context;
  /** Puts an executable shell script on the machine's PATH, or elsewhere; returns its absolute path. */
  script(name: string, body: string, folder?: string): Promise<string>;
  /** A `go` that "builds" shell scripts which report `version`, and writes its arguments and environment to a log. */
  installGo(version: string): Promise<void>;
  /** Lines of what the fake Go was asked to build. */
  builds(): Promise<readonly string[]>;
  /** What lies in the toolchain's part of the cache: entries, and drafts and locks if any were left. */
  cached(): Promise<readonly string[]>;
}

/** A machine that is gone after the test that asks for it. */
export async function newMachine(): Promise<Machine> {
  const folder = await mkdtemp(path.join(tmpdir(), "toolchain-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return prepare(folder);
}

async function prepare(folder: string): Promise<Machine> {
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  const env = {
    PATH: `${bin}:${await systemTools(folder)}`,
    HOME: folder,
    XDG_CACHE_HOME: path.join(folder, "cache"),
    KUBEFLOW_DOWNLOADS: "off",
  };
  const reports: string[] = [];
  const log = path.join(folder, "builds.log");
  const machine: Machine = {
    folder,
    env,
    reports,
    context: (signal) => ({ env, signal, reasons: [], report: (line) => reports.push(line) }),
    async script(name, body, where = bin) {
      const file = path.join(where, name);
      await writeFile(file, `#!/bin/sh\n${body}\n`);
      await chmod(file, 0o755);
      return file;
    },
    async installGo(version) {
      await machine.script(
        "go",
        `if [ "$1" = env ]; then echo go1.99.0; exit; fi
echo "$* CGO_ENABLED=$CGO_ENABLED GOFLAGS=$GOFLAGS GOWORK=$GOWORK" >>${log}
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v${version}\\n' >"$2"
chmod +x "$2"`,
      );
    },
    async builds() {
      const text = await readFile(log, "utf8").catch(() => "");
      return text.split("\n").filter((line) => line !== "");
    },
    cached: () => readdir(path.join(env.XDG_CACHE_HOME, "kubeflow-on-pulumi", "toolchain")),
  };
  return machine;
}

/** A folder with the few system programs that scripts need, so that no real tool of the host is on PATH. */
async function systemTools(folder: string): Promise<string> {
  const system = path.join(folder, "system");
  await mkdir(system);
  for (const name of ["sh", "cat", "chmod", "sleep"]) {
    const file = path.join(system, name);
    await writeFile(file, `#!/bin/sh\nexec /bin/${name} "$@"\n`);
    await chmod(file, 0o755);
  }
  return system;
}
