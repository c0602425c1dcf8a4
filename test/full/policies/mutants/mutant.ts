import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadExemptions } from "../../../../policies/exemptions/file.ts";
import type { Exemption } from "../../../../policies/exemptions/schema.ts";
import { runGate } from "../../../../policies/gate/gate.ts";
import { previewTarget } from "../../../../policies/gate/preview.ts";
import { type ReportedFinding, reportOf } from "../../../../policies/gate/report.ts";
import type { Cloud, Target } from "../../../../policies/gate/targets.ts";
import { rules } from "../../../../policies/rules/index.ts";

/** One change to a setting or to the code of a component that makes what is deployed less safe. */
export interface Mutant {
  readonly name: string;
  /** @default prod */
  readonly stack?: Target["stack"];
  /** @default existing */
  readonly cloud?: Cloud;
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
/** What the program runs with, beside its components. */
const PARTS = ["index.ts", "components", "toolchain", "package.json", "tsconfig.json", "Pulumi.yaml"];

/** A copy of the program and its stack files, of which one or another is changed for a while. What judges it is not changed. */
export class MutableProgram {
  readonly #folder: string;
  readonly #exemptions: readonly Exemption[];

  private constructor(folder: string, exemptions: readonly Exemption[]) {
    this.#folder = folder;
    this.#exemptions = exemptions;
  }

  static async open(): Promise<MutableProgram> {
    const folder = await mkdtemp(path.join(tmpdir(), "kubeflow-mutants-"));
    const stacks = (await readdir(PROJECT)).filter((name) => /^Pulumi\.\w+\.yaml$/.test(name));
    for (const name of [...PARTS, ...stacks])
      await cp(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
    return new MutableProgram(folder, await loadExemptions(rules));
  }

  /** What the policies find in a stack of the program after some edits, which are undone. */
  async findings({
    stack = "prod",
    cloud = "existing",
    edits,
  }: Pick<Mutant, "stack" | "cloud" | "edits">): Promise<readonly ReportedFinding[]> {
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
      return await this.#judge({ stack, cloud });
    } finally {
      for (const [place, text] of before) await writeFile(place, text);
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #judge(target: Target): Promise<readonly ReportedFinding[]> {
    const assessed = await runGate({
      rules,
      targets: [target],
      exemptions: this.#exemptions,
      preview: () => previewTarget(target, { directory: this.#folder }),
      report: () => undefined,
      now: new Date(),
    });
    const { targets, findings } = reportOf(assessed, rules);
    for (const { error } of targets) if (error !== undefined) throw new Error(error);
    return findings;
  }
}
