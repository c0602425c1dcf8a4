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

it("docs/policies.md and the configurations are those of the rules (npm run policy -- docs writes them)", async () => {
  for (const [file, content] of await generated()) expect(await readFile(file, "utf8"), file).toBe(content);
});
