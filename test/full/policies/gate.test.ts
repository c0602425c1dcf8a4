import { expect, it } from "vitest";
import { loadExemptions } from "../../../policies/exemptions/file.ts";
import { runGate } from "../../../policies/gate/gate.ts";
import { previewTarget } from "../../../policies/gate/preview.ts";
import { mandatory, reportOf } from "../../../policies/gate/report.ts";
import { targetsOf } from "../../../policies/gate/targets.ts";
import { STACK_CLASSES } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";

it("nothing is forbidden of any stack on any cloud, and no exemption is of no use", async () => {
  const assessed = await runGate({
    rules,
    targets: targetsOf(STACK_CLASSES),
    exemptions: await loadExemptions(rules),
    preview: (target) => previewTarget(target, {}),
    report: () => undefined,
    now: new Date(),
  });
  const report = reportOf(assessed, rules);
  const clouds = ["existing", "aws", "gcp", "digitalocean"];
  expect(report.targets.map(({ name, error }) => [name, error])).toEqual(
    ["dev", "prod", "airgapped"].flatMap((stack) => clouds.map((cloud) => [`${stack} on ${cloud}`, undefined])),
  );
  expect(mandatory(report)).toEqual([]);
});
