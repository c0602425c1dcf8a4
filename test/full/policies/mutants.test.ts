import { availableParallelism } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cacheRoot } from "../../../components/kit/cache.ts";
import { findSource } from "../../../components/kubeflow/release/source.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { keyOf, type ReportedFinding } from "../../../policies/gate/report.ts";
import { rules } from "../../../policies/rules/index.ts";
import { mutants } from "./mutants/index.ts";
import { MutableProgram, type Mutant } from "./mutants/mutant.ts";
import { WITHOUT_MUTANT } from "./mutants/without.ts";

type Findings = Promise<readonly ReportedFinding[]>;

/** A stack on a cloud, as a key. */
const keyOfStack = ({ stack = "prod", cloud = "existing" }: Pick<Mutant, "stack" | "cloud">) => `${stack} on ${cloud}`;

/** Copies of the program, each of which is one mutant at a time. */
const programs: MutableProgram[] = [];
/** What is found without any change, by stack. */
const shipped = new Map<string, Findings>();
const changed = new Map<Mutant, Findings>();

beforeAll(async () => {
  vi.stubEnv("NODE_COMPILE_CACHE", path.join(cacheRoot(), "compiled"));
  // Copies have nothing beside them, where the project may have the manifests.
  const { location } = await findSource(releases["1.8.1"], undefined);
  if (location !== undefined) vi.stubEnv("KUBEFLOW_MANIFESTS", location);
  const stacks = new Map(mutants.map((mutant) => [keyOfStack(mutant), mutant]));
  const work = [
    ...[...stacks].map(([key, mutant]) => later(shipped, key, { ...mutant, edits: [] })),
    ...mutants.map((mutant) => later(changed, mutant, mutant)),
  ].values();
  for (let count = availableParallelism(); count > 0; count--) {
    const program = await MutableProgram.open();
    programs.push(program);
    void inTurn(program, work);
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all(programs.map((program) => program.close()));
});

/** Notes that something will be found, and returns what finds it. */
function later<K>(found: Map<K, Findings>, key: K, mutant: Mutant): (program: MutableProgram) => Findings {
  const { promise, resolve } = Promise.withResolvers<readonly ReportedFinding[]>();
  // Whoever asks for it is told of a failure; until then it is nobody's.
  promise.catch(() => undefined);
  found.set(key, promise);
  return (program) => {
    const findings = program.findings(mutant);
    resolve(findings);
    return findings;
  };
}

/** Several programs take from the same work, so that none waits for another. */
async function inTurn(program: MutableProgram, work: Iterable<(program: MutableProgram) => Findings>): Promise<void> {
  for (const find of work) await find(program).catch(() => undefined);
}

it.each([...new Set(mutants.map(keyOfStack))])("%s has nothing that is forbidden", async (key) => {
  const findings = (await shipped.get(key)) ?? [];
  expect(findings.filter(({ level }) => level === "mandatory")).toEqual([]);
});

describe("a change that makes the platform less safe is found by the rule that names it", () => {
  it.each(mutants.map((mutant) => [mutant.caught.rule, mutant.name, mutant] as const))(
    "%s: %s",
    async (rule, _, mutant) => {
      const { check, resource, level = "mandatory" } = mutant.caught;
      const before = new Set(((await shipped.get(keyOfStack(mutant))) ?? []).map(keyOf));
      const added = ((await changed.get(mutant)) ?? []).filter((finding) => !before.has(keyOf(finding)));
      const caught = added.filter(
        (finding) =>
          finding.rule === rule &&
          finding.level === level &&
          (check === undefined || finding.check === check) &&
          resource.test(finding.resource),
      );
      expect(caught.length, JSON.stringify(added.map(({ message }) => message))).toBeGreaterThan(0);
    },
  );
});

it("every rule has such a change, or a reason why there is none", () => {
  const covered = [...mutants.map(({ caught }) => caught.rule), ...Object.keys(WITHOUT_MUTANT)];
  expect([...new Set(covered)].sort()).toEqual(rules.map(({ id }) => id).sort());
});
