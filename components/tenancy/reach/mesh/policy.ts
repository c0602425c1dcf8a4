import { UserError } from "../../../kit/errors.ts";
import { at, type KubernetesObject, labelsAt, listAt, objectId, textAt } from "../../../kit/objects.ts";
import { CONDITION_FIELDS, conditionField, type Field, OPERATION_FIELDS, SOURCE_FIELDS } from "./fields.ts";
import { type Choice } from "./values.ts";

export type Action = "ALLOW" | "DENY";

/** An AuthorizationPolicy, read and found to hold nothing that is not understood. */
export interface Policy {
  readonly namespace: string;
  /** Labels of the pods that it is for; none for all of its namespace. */
  readonly labels: Readonly<Record<string, string>>;
  readonly action: Action;
  readonly rules: readonly Rule[];
}

/** A request is meant that meets one of each: a source, an operation, and every condition. Empty lists mean any. */
export interface Rule {
  readonly sources: readonly (readonly Restriction[])[];
  readonly operations: readonly (readonly Restriction[])[];
  readonly conditions: readonly Restriction[];
  /** Whether any of it is about what only HTTP has. */
  readonly isAboutHttp: boolean;
}

export interface Restriction extends Choice {
  readonly field: Field;
}

/** Reads a policy of the kind AuthorizationPolicy. Throws UserError that names what it holds and is not known here. */
export function policyOf(object: KubernetesObject): Policy {
  const refuse = refusalIn(object);
  const spec = object["spec"] ?? {};
  onlyKeys(spec, ["selector", "action", "rules"], refuse, "spec");
  onlyKeys(at(spec, "selector") ?? {}, ["matchLabels"], refuse, "spec.selector");
  const action = at(spec, "action") ?? "ALLOW";
  if (action !== "ALLOW" && action !== "DENY") return refuse("spec.action", action, ["ALLOW", "DENY"]);
  return {
    namespace: object.metadata.namespace ?? "default",
    labels: labelsAt(spec, "selector", "matchLabels"),
    action,
    rules: listAt(spec, "rules").map((rule, index) => ruleOf(rule, `spec.rules[${index}]`, refuse)),
  };
}

type Refuse = (path: string, value: unknown, known: readonly string[]) => never;

function refusalIn(object: KubernetesObject): Refuse {
  return (path, value, known) => {
    throw new UserError(
      `${objectId(object)}: ${path} is ${JSON.stringify(value)}, which is not understood here; understood are ${known.join(", ")}`,
      {
        next: "say it with what is understood: an answer that leaves a part of a policy out would be wrong",
        exitCode: 2,
      },
    );
  };
}

function ruleOf(rule: unknown, path: string, refuse: Refuse): Rule {
  onlyKeys(rule, ["from", "to", "when"], refuse, path);
  const each = (list: string, of: string, fields: Readonly<Record<string, Field>>) =>
    listAt(rule, list).map((entry, index) => {
      const here = `${path}.${list}[${index}]`;
      onlyKeys(entry, [of], refuse, here);
      return restrictionsIn(at(entry, of), fields, `${here}.${of}`, refuse);
    });
  const sources = each("from", "source", SOURCE_FIELDS);
  const operations = each("to", "operation", OPERATION_FIELDS);
  const conditions = listAt(rule, "when").map((entry, index) => conditionOf(entry, `${path}.when[${index}]`, refuse));
  const all = [...sources.flat(), ...operations.flat(), ...conditions];
  return { sources, operations, conditions, isAboutHttp: all.some(({ field }) => field.isHttp) };
}

/** `principals` and its twin `notPrincipals`, and so on. */
function restrictionsIn(
  value: unknown,
  fields: Readonly<Record<string, Field>>,
  path: string,
  refuse: Refuse,
): Restriction[] {
  const names = Object.keys(fields);
  onlyKeys(value, [...names, ...names.map(twin)], refuse, path);
  return Object.entries(fields).flatMap(([name, field]) => {
    const [values, notValues] = [textsAt(value, name), textsAt(value, twin(name))];
    return values === undefined && notValues === undefined ? [] : [{ field, values, notValues }];
  });
}

function conditionOf(entry: unknown, path: string, refuse: Refuse): Restriction {
  onlyKeys(entry, ["key", "values", "notValues"], refuse, path);
  const key = textAt(entry, "key") ?? "";
  const field = conditionField(key);
  if (field === undefined)
    return refuse(`${path}.key`, key, ["request.headers[name]", ...Object.keys(CONDITION_FIELDS)]);
  return { field, values: textsAt(entry, "values"), notValues: textsAt(entry, "notValues") };
}

function twin(name: string): string {
  return `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** A list that is empty is one that was not given. */
function textsAt(value: unknown, field: string): readonly string[] | undefined {
  const texts = listAt(value, field).filter((text) => typeof text === "string");
  return texts.length === 0 ? undefined : texts;
}

function onlyKeys(value: unknown, known: readonly string[], refuse: Refuse, path: string): void {
  const unknown = Object.entries(value ?? {}).find(([key]) => !known.includes(key));
  if (unknown !== undefined) refuse(`${path}.${unknown[0]}`, unknown[1], known);
}
