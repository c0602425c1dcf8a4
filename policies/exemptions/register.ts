import type { Finding } from "../evaluate.ts";
import type { Rule, StackClass } from "../rule.ts";
import { covers } from "./matching.ts";
import type { Exemption } from "./schema.ts";

/** What is wrong with an exemption, and what to say of it. */
export type Fault = "expired" | "unused" | "stale" | "worsened" | "tooLong" | "forbidden";

/** An exemption of this class of stack, with what has come of it so far. */
export interface ExemptionStanding {
  readonly exemption: Exemption;
  readonly faults: Readonly<Partial<Record<Fault, string>>>;
}

export interface Circumstances {
  readonly stackClass: StackClass;
  /** `2026-12-31` */
  readonly today: string;
  /** Of what is deployed, by upstream component. */
  readonly versions: Readonly<Record<string, string>>;
  /** Most days from today to the end of an exemption. */
  readonly maxDays: number;
  /** Whether everything has been looked at that an exemption is meant for: only then is an unused one of no use. */
  readonly isJudged: (exemption: Exemption) => boolean;
}

/** What the exemptions say of a finding. */
export interface Verdict {
  /** Set where the finding is let through. */
  readonly exemption?: Exemption;
  /** For people: which exemption lets it through, or why one that is meant for it does not. */
  readonly remark: string;
}

/** Applies exemptions to findings and remembers which have had something to do. */
export class ExemptionRegister {
  readonly #exemptions: readonly Exemption[];
  readonly #used = new Set<Exemption>();
  readonly #worsened = new Map<Exemption, string>();
  readonly #forbidden = new Map<Exemption, string>();

  constructor(exemptions: readonly Exemption[]) {
    this.#exemptions = exemptions;
  }

  judge(rule: Rule, finding: Finding, circumstances: Circumstances): Verdict | undefined {
    const meant = this.#exemptions.filter(
      (exemption) => exemption.stacks.includes(circumstances.stackClass) && covers(exemption, finding),
    );
    let remark: string | undefined;
    for (const exemption of meant) {
      this.#used.add(exemption);
      const refused = this.#refusal(rule, exemption, finding, circumstances);
      if (refused === undefined) {
        const { id, owner, expires, reason } = exemption;
        return { exemption, remark: `exempt until ${expires} by ${owner} (${id}): ${reason}` };
      }
      remark ??= `exemption ${exemption.id} does not cover it: ${refused}`;
    }
    return remark === undefined ? undefined : { remark };
  }

  standings(circumstances: Circumstances): ExemptionStanding[] {
    return this.#exemptions
      .filter(({ stacks }) => stacks.includes(circumstances.stackClass))
      .map((exemption) => ({ exemption, faults: this.#faults(exemption, circumstances) }));
  }

  #refusal(rule: Rule, exemption: Exemption, finding: Finding, circumstances: Circumstances): string | undefined {
    const { stacks, checks } = rule.nonExemptable ?? { stacks: [] };
    if (stacks.includes(circumstances.stackClass) && (checks === undefined || checks.includes(finding.check))) {
      const message = `nothing is exempt from ${rule.id} in ${circumstances.stackClass}`;
      this.#forbidden.set(exemption, message);
      return message;
    }
    const { fingerprints } = exemption;
    if (fingerprints !== undefined && !fingerprints.includes(finding.fingerprint)) {
      const message = `${finding.path} of ${finding.subject.name} is no longer what was exempted (now ${finding.fingerprint})`;
      this.#worsened.set(exemption, message);
      return message;
    }
    return lapsed(exemption, circumstances);
  }

  #faults(exemption: Exemption, circumstances: Circumstances): Partial<Record<Fault, string>> {
    const { expires } = exemption;
    const { maxDays, today, isJudged } = circumstances;
    const worsened = this.#worsened.get(exemption);
    const forbidden = this.#forbidden.get(exemption);
    return {
      ...(expires < today && { expired: `it expired on ${expires}` }),
      ...(!this.#used.has(exemption) &&
        exemption.optional !== true &&
        isJudged(exemption) && { unused: "nothing is found any more that it is about" }),
      ...(isStale(exemption, circumstances) && { stale: staleness(exemption, circumstances) }),
      ...(worsened !== undefined && { worsened }),
      ...(forbidden !== undefined && { forbidden }),
      ...(daysBetween(today, expires) > maxDays && {
        tooLong: `it holds until ${expires}, which is more than ${maxDays} days away`,
      }),
    };
  }
}

/** Why an exemption no longer lets anything through, undefined while it does. */
function lapsed(exemption: Exemption, circumstances: Circumstances): string | undefined {
  if (exemption.expires < circumstances.today) return `it expired on ${exemption.expires}`;
  return isStale(exemption, circumstances) ? staleness(exemption, circumstances) : undefined;
}

function isStale({ upstream }: Exemption, { versions }: Circumstances): boolean {
  return versions[upstream.component] !== upstream.version;
}

function staleness({ upstream: { component, version } }: Exemption, { versions }: Circumstances): string {
  const deployed = versions[component];
  return `it was written for ${component} ${version}, and ${deployed === undefined ? `no ${component}` : deployed} is deployed`;
}

const DAY_MS = 86_400_000;

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}
