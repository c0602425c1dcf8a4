/**
 * How a rule is written (one file a rule, `policies/rules/<id>.ts`, listed in `policies/rules/index.ts`):
 *
 * - A rule names `subjects` (what it looks at: resources, Kubernetes objects, containers, ...) and `checks`, each the
 *   smallest question that can be asked on its own. Every check runs on every subject alone: where one meets a value
 *   that is unknown in a preview, only that check on that subject is undecided, and is reported as such at the rule's
 *   level. So do not put two questions into one check.
 * - Read with `policies/reading.ts` only (`at`, `textAt`, `listAt`, ...): they survive any shape of input and throw on
 *   unknown values, which `evaluate` catches. `subjects` is run under the same guard.
 * - A check returns nothing, a {@link Violation}, or several. Its `path` is relative to the subject's value and points at
 *   what has to change; the digest that exemptions pin is taken of the value there, so point at all of what is wrong and
 *   at nothing else. Messages name the object (`subject.name`) and never repeat a value that may be secret.
 * - `examples` are YAML: Kubernetes manifests, or `type:` / `properties:` / `options:` for other resources, as many
 *   documents as needed. One bad example a check. They are run as tests and printed in docs/policies.md.
 * - Rules are pure: nothing here imports an engine.
 */
import type { z } from "zod";
import type { ExemptionStanding } from "./exemptions/register.ts";
import type { Step } from "./reading.ts";
import type { Resource, Stack, Subject } from "./resource.ts";

export type Severity = "low" | "medium" | "high" | "critical";
export type StackClass = "dev" | "prod" | "airgapped";
export const STACK_CLASSES = ["dev", "prod", "airgapped"] as const satisfies readonly StackClass[];

/** `remediate` changes the resource where the rule can and is mandatory where it cannot. */
export type Level = "mandatory" | "remediate" | "advisory" | "disabled";
export type Levels = Readonly<Record<StackClass, Level>>;

/** Where else the same is asked for: `{ framework: "CIS EKS", id: "5.4.1" }`, `{ framework: "Trivy", id: "AWS-0040" }`. */
export interface Reference {
  readonly framework: string;
  readonly id: string;
}

export interface Violation {
  /** A sentence that names the object and says what is wrong. */
  readonly message: string;
  /** Relative to the subject's value; what has to change. */
  readonly path: readonly Step[];
  /** One sentence: the setting or manifest line to change, and to what. @default the rule's remediation */
  readonly fix?: string;
  /** @default the subject of the check; rules that relate several resources may blame another */
  readonly subject?: Subject;
  /** Less than what the rule is set to, never more. */
  readonly level?: "advisory";
}

export interface CheckContext<P> {
  readonly parameters: P;
  /** Holds nothing but in rules of scope "stack". */
  readonly stack: Stack;
  /** What has come of the exemptions of the stack so far. */
  readonly exemptions: () => readonly ExemptionStanding[];
}

export type Check<S extends Subject, P> = (
  subject: S,
  context: CheckContext<P>,
) => Violation | undefined | readonly Violation[] | Generator<Violation>;

export interface Remediation {
  /** From the root of the resource's properties. */
  readonly path: readonly Step[];
  readonly value: unknown;
}

/** Parameters are a zod object whose every field has a default and a description. */
export type ParametersSchema = z.ZodObject;

export interface RuleBase<S extends Subject, P extends ParametersSchema, C extends string = string> {
  /** Name of the policy, of its file and of its key in the configuration. */
  readonly id: string;
  /** A short sentence of what must hold. */
  readonly title: string;
  readonly severity: Severity;
  /** What goes wrong otherwise; one to three sentences. */
  readonly why: string;
  /** What to do, one sentence. */
  readonly remediation: string;
  readonly url: string;
  readonly frameworks: readonly Reference[];
  readonly levels: Levels;
  /** Checks that have a lower level of their own. */
  readonly checkLevels?: { readonly [name in C]?: Levels };
  readonly parameters?: P;
  /** Parameters whose value for a class of stack differs from the default. */
  readonly classParameters?: Readonly<Partial<Record<StackClass, Partial<z.infer<P>>>>>;
  /** Classes of stack in which nothing, or none of the named checks, can be exempted. */
  readonly nonExemptable?: { readonly stacks: readonly StackClass[]; readonly checks?: readonly C[] };
  readonly checks: { readonly [name in C]: Check<S, z.infer<P>> };
  readonly examples: {
    readonly good: readonly string[];
    /** By check. */
    readonly bad: { readonly [name in C]: string };
    /** The parameters that the examples are for, where defaults do not do. */
    readonly parameters?: Partial<z.infer<P>>;
  };
}

export interface ResourceRule<
  S extends Subject = Subject,
  P extends ParametersSchema = ParametersSchema,
  C extends string = string,
> extends RuleBase<S, P, C> {
  readonly scope: "resource";
  readonly subjects: (resource: Resource, parameters: z.infer<P>) => Iterable<S>;
  /** Changes that make a resource meet the rule; used where its level is `remediate`. */
  readonly remediate?: (resource: Resource, parameters: z.infer<P>) => Iterable<Remediation>;
}

export interface StackRule<
  S extends Subject = Subject,
  P extends ParametersSchema = ParametersSchema,
  C extends string = string,
> extends RuleBase<S, P, C> {
  readonly scope: "stack";
  readonly subjects: (stack: Stack, parameters: z.infer<P>) => Iterable<S>;
}

export type Rule = ResourceRule | StackRule;

/** A rule about one resource at a time. */
export function resourceRule<S extends Subject, P extends ParametersSchema, C extends string>(
  rule: Omit<ResourceRule<S, P, C>, "scope">,
): ResourceRule {
  return { ...rule, scope: "resource" } as unknown as ResourceRule;
}

/** A rule that relates resources: it runs once, at the end, over all of them. There should be few. */
export function stackRule<S extends Subject, P extends ParametersSchema, C extends string>(
  rule: Omit<StackRule<S, P, C>, "scope">,
): StackRule {
  return { ...rule, scope: "stack" } as unknown as StackRule;
}
