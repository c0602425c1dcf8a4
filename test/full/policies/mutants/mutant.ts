import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { findSource } from "../../../../components/kubeflow/release/source.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import type { Report, ReportedFinding } from "../../../../policies/gate/report.ts";

/** One change to a setting or to the code of a component that makes what is deployed less safe. */
export interface Mutant {
  readonly name: string;
  /** @default prod */
  readonly stack?: "dev" | "prod";
  /** @default existing */
  readonly cloud?: string;
  readonly edits: readonly Edit[];
  /** The finding that names it. */
  readonly caught: {
    readonly rule: string;
    readonly check?: string;
    readonly resource: RegExp;
    /** @default mandatory */
    readonly level?: "advisory";
  };
}

export interface Edit {
  /** Relative to the project. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

const PROJECT = fileURLToPath(new URL("../../../..", import.meta.url));
const LEFT_OUT = new Set([".git", "node_modules", "test", "docs", "bench"]);

/** A copy of the project, of which one file or another is changed for a while. */
export class MutableProject {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  static async open(): Promise<MutableProject> {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeflow-mutants-"));
    const names = (await readdir(PROJECT)).filter((name) => !LEFT_OUT.has(name));
    for (const name of names) await cp(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
    // The copy has nothing beside it, where the project may have the manifests.
    const { location } = await findSource(releases["1.8.1"], undefined);
    return new MutableProject(folder, location === undefined ? {} : { KUBEFLOW_MANIFESTS: location });
  }

  /** What the policies find in a stack of the project after some edits, which are undone. */
  async findings({
    stack = "prod",
    cloud = "existing",
    edits,
  }: Pick<Mutant, "stack" | "cloud" | "edits">): Promise<ReportedFinding[]> {
    const before = new Map<string, string>();
    try {
      for (const { file, from, to } of edits) {
        const place = path.join(this.#folder, file);
        const text = await readFile(place, "utf8");
        if (!before.has(place)) before.set(place, text);
        if (text.split(from).length !== 2) throw new Error(`${JSON.stringify(from)} does not stand in ${file} once`);
        await writeFile(
          place,
          text.replace(from, () => to),
        );
      }
      return await this.#gate(stack, cloud);
    } finally {
      for (const [place, text] of before) await writeFile(place, text);
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #gate(stack: string, cloud: string): Promise<ReportedFinding[]> {
    const gate = path.join(this.#folder, "policies/gate/cli.ts");
    const options = { cwd: this.#folder, env: this.#env, reject: false };
    const { stdout, stderr } = await execa(process.execPath, [gate, stack, "--cloud", cloud, "--json"], options);
    const { targets, findings } = JSON.parse(stdout === "" ? "{}" : stdout) as Partial<Report>;
    const errors = targets?.flatMap(({ error }) => error ?? []) ?? [stderr];
    if (findings === undefined || errors.length > 0) throw new Error(errors.join("\n"));
    return [...findings];
  }
}
