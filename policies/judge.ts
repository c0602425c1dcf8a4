import type { RuleConfiguration } from "./configuration.ts";
import type { Finding } from "./evaluate.ts";
import type { Circumstances, ExemptionRegister, ExemptionStanding } from "./exemptions/register.ts";
import type { Exemption } from "./exemptions/schema.ts";
import type { Rule } from "./rule.ts";

/** A finding after the levels of single checks and the exemptions have had their say. */
export interface JudgedFinding extends Finding {
  /** Set where it is let through. */
  readonly exemption?: Exemption;
  /** What exemptions have to say of it, also where they do not cover it. */
  readonly remark?: string;
}

/** Decides what becomes of findings, and knows in the end what became of the exemptions. */
export class Judge {
  readonly #register: ExemptionRegister;
  readonly #circumstances: () => Circumstances;

  /** Circumstances are asked for at every use: an engine tells them later than the pack is made. */
  constructor(register: ExemptionRegister, circumstances: () => Circumstances) {
    this.#register = register;
    this.#circumstances = circumstances;
  }

  judge(rule: Rule, { checkLevels }: RuleConfiguration, findings: readonly Finding[]): JudgedFinding[] {
    return findings.flatMap((finding) => {
      const own = checkLevels[finding.check];
      if (own === "disabled") return [];
      const level = own === "advisory" ? own : finding.level;
      const verdict = this.#register.judge(rule, finding, this.#circumstances());
      if (verdict === undefined) return [{ ...finding, level }];
      const { exemption, remark } = verdict;
      return [
        { ...finding, remark, level: exemption === undefined ? level : "advisory", ...(exemption && { exemption }) },
      ];
    });
  }

  standings(): ExemptionStanding[] {
    return this.#register.standings(this.#circumstances());
  }
}

/** A finding in the words of a terminal: what is wrong, where, what to change, and what exempts it. */
export function textOf({ message, path, fix, check, fingerprint, remark }: JudgedFinding): string {
  const lines = [
    message,
    `  ${path === "" ? "" : `at ${path} `}(${check}, ${fingerprint})`,
    `  fix: ${fix}`,
    ...(remark === undefined ? [] : [`  ${remark}`]),
  ];
  return lines.join("\n");
}
