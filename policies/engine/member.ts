import type { PolicyPackArgs, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { readConfiguration, type RuleConfiguration } from "../configuration.ts";
import { evaluate } from "../evaluate.ts";
import { type Judge, type JudgedFinding, textOf } from "../judge.ts";
import type { Resource, Stack } from "../resource.ts";
import type { Rule } from "../rule.ts";
import { type RawResource, stackOf, viewOf } from "../view.ts";
import { metadataOf } from "./metadata.ts";
import { unproxied } from "./proxies.ts";
import { remediated } from "./remediation.ts";

type Policy = PolicyPackArgs["policies"][number];

/** What one pass of the engine over the policies shares: the resource or stack that it is about, once one has been called. */
export interface Pass {
  target?: Resource | Stack;
}

/** A rule as the engine meets it: a policy for each pass, and what is kept between passes. */
export class Member {
  /** Whether its configuration is of use to all: it is then called for a resource once, to have it. */
  readonly isTeller: boolean;
  readonly #rule: Rule;
  readonly #judge: Judge;
  readonly #metadata: ReturnType<typeof metadataOf>;
  /** Always tells the newest configuration; the engine hands it over with the first call. */
  #getConfig: (() => object) | undefined;
  #read: { readonly given: Entry; readonly configuration: RuleConfiguration } | undefined;
  #last: { readonly target: Resource | Stack; readonly findings: readonly JudgedFinding[] } | undefined;

  constructor(rule: Rule, judge: Judge, isTeller: boolean) {
    this.isTeller = isTeller;
    this.#rule = rule;
    this.#judge = judge;
    this.#metadata = metadataOf(rule);
  }

  get parameters(): Record<string, unknown> {
    return this.#configuration().parameters;
  }

  /** Whether the rule is known to have nothing to say of this. */
  isSilent(target: Resource | Stack): boolean {
    const isConfigured = this.#getConfig !== undefined;
    if ("resources" in target !== (this.#rule.scope === "stack")) return isConfigured || !this.isTeller;
    return isConfigured && this.#findings(target).length === 0;
  }

  policy(pass: Pass): Policy {
    return this.#rule.scope === "stack" ? this.#stackPolicy(pass) : this.#resourcePolicy(pass);
  }

  #stackPolicy(pass: Pass): Policy {
    const validateStack = (args: StackValidationArgs, report: Report) => {
      this.#getConfig ??= () => args.getConfig();
      pass.target ??= stackOf(args.resources.map((resource) => viewOf(rawOf(resource))));
      this.#report(pass.target, report);
    };
    if (!this.isTeller) return { ...this.#metadata, validateStack };
    const validateResource = (args: ResourceValidationArgs) => void (this.#getConfig ??= () => args.getConfig());
    return { ...this.#metadata, validateStack, validateResource };
  }

  #resourcePolicy(pass: Pass): Policy {
    const validateResource = (args: ResourceValidationArgs, report: Report) => {
      this.#getConfig ??= () => args.getConfig();
      pass.target ??= viewOf(rawOf(args));
      this.#report(pass.target, report);
    };
    const remediate = "remediate" in this.#rule ? this.#rule.remediate : undefined;
    if (remediate === undefined) return { ...this.#metadata, validateResource };
    const remediateResource = (args: ResourceValidationArgs) => {
      this.#getConfig ??= () => args.getConfig();
      return remediated(rawOf(args), (resource) => remediate(resource, this.parameters));
    };
    return { ...this.#metadata, validateResource, remediateResource };
  }

  #report(target: Resource | Stack, report: Report): void {
    for (const finding of this.#findings(target)) {
      (report as unknown as ReportInDetail)({
        message: textOf(finding),
        urn: finding.subject.resource.urn,
        ...(finding.level === "advisory" && { enforcementLevel: "advisory" }),
        ...(finding.exemption !== undefined && { severity: "low" }),
      });
    }
  }

  #findings(target: Resource | Stack): readonly JudgedFinding[] {
    if (this.#last?.target === target) return this.#last.findings;
    const configuration = this.#configuration();
    const found = evaluate(this.#rule, target, configuration.parameters, () => this.#judge.standings());
    const findings = this.#judge.judge(this.#rule, configuration, found);
    this.#last = { target, findings };
    return findings;
  }

  #configuration(): RuleConfiguration {
    const given = (this.#getConfig?.() ?? {}) as Entry;
    if (this.#read === undefined || !isSame(this.#read.given, given)) {
      this.#read = { given, configuration: readConfiguration(this.#rule, given) };
    }
    return this.#read.configuration;
  }
}

type Entry = Readonly<Record<string, unknown>>;

/** The engine makes a new entry at every call, of the values that it was configured with. */
function isSame(one: Entry, other: Entry): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

type Report = (message: string, urn?: string) => void;

/** The reporting function takes this too, though its type does not say so: a violation with a level of its own. */
type ReportInDetail = (violation: {
  readonly message: string;
  readonly urn: string;
  readonly enforcementLevel?: "advisory";
  readonly severity?: "low";
}) => void;

interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Record<string, unknown>;
  readonly opts: NonNullable<RawResource["options"]>;
}

function rawOf({ type, name, urn, props, opts }: EngineResource): RawResource {
  return { type, name, urn, properties: unproxied(props), options: opts };
}
