import type { Settings } from "../../components/settings/parse.ts";
import type { ResourceRecord } from "../../rehearsal/host/index.ts";
import { loadExemptions } from "../exemptions/file.ts";
import { rules } from "../rules/index.ts";
import { stackClassOf } from "../stack-configuration.ts";
import { runGate } from "./gate.ts";
import { resourceOf } from "./preview.ts";
import { mandatory, reportOf } from "./report.ts";

/** What the policies find in one stack, in short. */
export interface Glance {
  readonly mandatory: number;
  readonly advisory: number;
  readonly exempt: number;
  /** Of what is mandatory the worst, as `rule: message`. */
  readonly worst: readonly string[];
}

const SHOWN = 5;

/** Judges a stack that has been previewed. Throws UserError where the pack's configuration or exemptions do not fit. */
export async function glanceAt(settings: Settings, resources: readonly ResourceRecord[]): Promise<Glance> {
  const assessed = await runGate({
    rules,
    targets: [{ stack: stackClassOf(settings), cloud: settings.cloud }],
    exemptions: await loadExemptions(rules),
    preview: () => Promise.resolve({ settings, resources: resources.map(resourceOf) }),
    report: () => undefined,
    now: new Date(),
  });
  const report = reportOf(assessed, rules);
  const forbidden = mandatory(report);
  const exempt = report.findings.filter(({ exemption }) => exemption !== undefined).length;
  return {
    mandatory: forbidden.length,
    advisory: report.findings.length - forbidden.length - exempt,
    exempt,
    worst: forbidden.slice(0, SHOWN).map(({ rule, message }) => `${rule}: ${message}`),
  };
}
