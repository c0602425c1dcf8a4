import { beforeAll, describe, expect, it } from "vitest";
import { assess } from "../../policies/assess.ts";
import { buildPack, PACK } from "../../policies/build.ts";
import { configured, configurationOf } from "../../policies/configuration-file.ts";
import { entryFor } from "../../policies/configuration.ts";
import { circumstancesOf, CIRCUMSTANCES_RULE } from "../../policies/exemptions/circumstances.ts";
import { loadExemptions } from "../../policies/exemptions/file.ts";
import { ExemptionRegister } from "../../policies/exemptions/register.ts";
import { resourceOf } from "../../policies/gate/preview.ts";
import { Judge } from "../../policies/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { startAnalyzer } from "../../rehearsal/host/analyzer.ts";
import { runProgram } from "../kit/program.ts";

const SETTINGS = { environment: "prod", cloud: "existing", secret: "rehearsal".repeat(4) };
/** With something to find, whatever the state of the program: half of all texts hold a slash. */
const configuration = {
  ...configurationOf(rules, "prod"),
  "ml-default-credentials": { enforcementLevel: "mandatory", accounts: ["/"] },
} as const;

beforeAll(() => buildPack());

describe("the compiled pack", () => {
  it("tells the host of production what the rules find in it, no more and no less", async () => {
    const { ok, diagnostics, resources } = await runProgram(SETTINGS, {
      preview: true,
      policyPack: { directory: PACK, configuration },
    });
    const circumstances = circumstancesOf(entryFor(CIRCUMSTANCES_RULE, "prod"));
    const register = new ExemptionRegister(await loadExemptions(rules));
    const judge = new Judge(register, () => ({ ...circumstances, versions: { kubeflow: "1.8.1" }, maxDays: 90 }));
    const found = assess(configured(rules, configuration), resources.map(resourceOf), judge);
    expect(ok).toBe(true);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.map(({ policy, urn, level }) => `${policy} ${level} ${urn}`).sort()).toEqual(
      found.map(({ rule, subject, level }) => `${rule} ${level} ${subject.resource.urn}`).sort(),
    );
  });

  it("keeps the host from applying what a mandatory policy forbids", async () => {
    const { ok, failures } = await runProgram(SETTINGS, { policyPack: { directory: PACK, configuration } });
    expect(ok).toBe(false);
    expect(failures.map(({ message }) => message).join("\n")).toMatch(/^ml-default-credentials: .* names an account/m);
  });

  it("that does not start is told with what it said", async () => {
    const stack = { project: "kubeflow", stack: "prod", preview: true };
    await expect(startAnalyzer({ directory: "test/fixtures", configuration }, stack)).rejects.toThrow(
      /the policy pack in test\/fixtures does not start/,
    );
  });
});
