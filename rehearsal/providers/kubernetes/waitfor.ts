import { UserError } from "../../../components/kit/errors.ts";
import { textAt } from "../../../components/kit/objects.ts";
import type { Json } from "../../host/values.ts";
import { parseJsonPath, select } from "./jsonpath.ts";
import { annotation, condition } from "./objects.ts";
import type { Readiness } from "./readiness.ts";

export const WAIT_FOR = "pulumi.com/waitFor";

/** One thing to wait for: a condition's status, or what a JSONPath finds. */
export type Criterion = (object: Json) => Readiness;

/**
 * Reads the annotation `pulumi.com/waitFor`: `condition=Type[=Status]`, `jsonpath={.path}[=value]`, or a JSON list of
 * these, all of which must hold. Undefined where the object has no such annotation. Throws UserError on anything else.
 */
export function waitForCriteria(object: Json): readonly Criterion[] | undefined {
  const text = annotation(object, WAIT_FOR);
  if (text === undefined) return undefined;
  return expressions(text).map(parseCriterion);
}

function expressions(text: string): readonly string[] {
  if (!text.startsWith("[")) return [text];
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "string")) return list;
  } catch {
    // Reported below, as other lists that are none of strings.
  }
  throw malformed(text, "a list must be a JSON list of strings");
}

function parseCriterion(text: string): Criterion {
  if (text.startsWith("jsonpath=")) return jsonPathCriterion(text);
  if (!text.startsWith("condition=")) throw malformed(text, "it begins neither with condition= nor with jsonpath=");
  const [type = "", status = "True"] = text.slice("condition=".length).split("=");
  if (type === "") throw malformed(text, "the type of the condition is missing");
  return (object) => {
    const found = condition(object, type);
    const actual = textAt(found, "status");
    if (actual === status) return { ready: true };
    const message = textAt(found, "message") ?? textAt(found, "reason");
    const now = actual === undefined ? "not set yet" : `${actual}${message === undefined ? "" : `: ${message}`}`;
    return { ready: false, waiting: `condition ${type}=${status} (now ${now})` };
  };
}

function jsonPathCriterion(text: string): Criterion {
  const match = /^jsonpath=\{(.+)\}(?:=(.+))?$/s.exec(text);
  if (match === null) throw malformed(text, "a JSONPath is written in braces, as in jsonpath={.status.phase}=Active");
  const [, path = "", value] = match;
  const steps = parseJsonPath(path);
  return (object) => {
    const [first] = select(object, steps);
    const wanted = value === undefined ? `{${path}}` : `{${path}}=${value}`;
    if (first === undefined) return { ready: false, waiting: `${wanted} (selects nothing yet)` };
    if (value === undefined) return { ready: true };
    if (typeof first === "object" && first !== null) throw malformed(text, `{${path}} selects no plain value`);
    if (String(first) === value) return { ready: true };
    return { ready: false, waiting: `${wanted} (now ${String(first)})` };
  };
}

function malformed(text: string, reason: string): UserError {
  return new UserError(`the annotation ${WAIT_FOR} is malformed: ${reason}: ${text}`, {
    next: "write condition=Type, condition=Type=Status, jsonpath={.path} or jsonpath={.path}=value",
  });
}
