import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../../policies/gate/report.ts";
import { cloudMutants } from "./mutants/cloud.ts";
import { kubernetesMutants } from "./mutants/kubernetes.ts";
import { mlMutants } from "./mutants/ml.ts";
import { MutableProject } from "./mutants/mutant.ts";

const mutants = [...kubernetesMutants, ...mlMutants, ...cloudMutants];
/** A stack on a cloud, as a key. */
const keyOfStack = ({ stack = "prod", cloud = "existing" }: { readonly stack?: string; readonly cloud?: string }) =>
  `${stack} on ${cloud}`;

let project: MutableProject;
/** What is found without any change, by stack. */
const shipped = new Map<string, ReadonlySet<string>>();

beforeAll(async () => {
  project = await MutableProject.open();
  for (const mutant of new Map(mutants.map((each) => [keyOfStack(each), each])).values()) {
    const findings = await project.findings({ ...mutant, edits: [] });
    // What another stack or cloud needs an exemption for is not found here.
    const relevant = findings.filter(({ check }) => check !== "unused");
    expect(relevant.filter(({ level }) => level === "mandatory")).toEqual([]);
    shipped.set(keyOfStack(mutant), new Set(findings.map(keyOf)));
  }
});
afterAll(() => project.close());

describe("a change that makes the platform less safe is found by the rule that names it", () => {
  it.each(mutants.map((mutant) => [mutant.caught.rule, mutant.name, mutant] as const))(
    "%s: %s",
    async (rule, _, mutant) => {
      const { check, resource, level = "mandatory" } = mutant.caught;
      const findings = await project.findings(mutant);
      const added = findings.filter((finding) => shipped.get(keyOfStack(mutant))?.has(keyOf(finding)) !== true);
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
