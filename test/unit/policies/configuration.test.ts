import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import {
  configurationFile,
  configurationOf,
  problemsOf,
  readConfigurationFile,
} from "../../../policies/configuration-file.ts";
import { generated } from "../../../policies/generate.ts";
import { STACK_CLASSES } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { configurationFor } from "../../../policies/stack-configuration.ts";
import { settingsOf } from "../../kit/tenancy/tenants.ts";

describe("the pack's configuration", () => {
  it.each(STACK_CLASSES)("of %s can be read", async (stackClass) => {
    expect(await readConfigurationFile(rules, configurationFile(stackClass))).toEqual(
      configurationOf(rules, stackClass),
    );
  });

  it("is refused with everything that the engine would pass over", () => {
    const { "ml-default-credentials": _, ...others } = configurationOf(rules, "prod");
    const configuration = {
      ...others,
      "k8s-memory-limit": { enforcementLevel: "mandatory" },
      "cloud-imds-v2": { enforcementLevel: "strict", maxHops: 1, maxHop: 0, checkLevels: { hop: "advisory" } },
    };
    expect(problemsOf(rules, configuration)).toEqual([
      "k8s-memory-limit: there is no such rule; did you mean k8s-memory-limits?",
      "ml-default-credentials: is left out",
      'cloud-imds-v2.enforcementLevel: must be one of mandatory, remediate, advisory, disabled, not "strict"',
      expect.stringContaining("cloud-imds-v2.maxHop: Too small"),
      expect.stringContaining("cloud-imds-v2.checkLevels"),
      "cloud-imds-v2.maxHops: is no parameter of the rule; it has maxHop, checkLevels, enforcementLevel",
    ]);
  });
});

describe("the settings of a stack", () => {
  it("set the versions that the pack lets through: those that the runtime guards do", () => {
    const pins = { transformers: "4.41.2", trainingOperator: "1.8" };
    const settings = settingsOf({ tenancy: { pins } });
    const configured = configurationFor(configurationOf(rules, "prod"), settings);
    expect(configured["ml-transformers-version"]).toMatchObject({ denied: [">=4.42.0"], validated: ["4.41.2"] });
    expect(configured["ml-training-operator-version"]).toMatchObject({ denied: ">=1.9.0", validated: "1.8" });
    expect(problemsOf(rules, configured)).toEqual([]);
  });
});

it("docs/policies.md and the configurations are those of the rules (npm run policy -- docs writes them)", async () => {
  for (const [file, content] of await generated()) expect(await readFile(file, "utf8"), file).toBe(content);
});
