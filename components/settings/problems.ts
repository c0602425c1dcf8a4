import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { UserError } from "../kit/errors.ts";
import { at } from "../kit/objects.ts";
import { SECRET_PATHS } from "./schema.ts";

/** One error that lists everything wrong with the settings: path, value, what is allowed, and the nearest name. */
export function settingsError(error: z.ZodError, input: unknown, schema: z.ZodType): UserError {
  const lines = error.issues.flatMap((issue) => describe(issue, input, schema)).map((line) => `  ${line}`);
  const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
  return new UserError([`the settings have ${count}:`, ...lines].join("\n"), {
    next: "correct the stack file (Pulumi.<stack>.yaml); Pulumi.yaml describes every setting",
    exitCode: 2,
  });
}

function describe(issue: z.core.$ZodIssue, input: unknown, schema: z.ZodType): string[] {
  const path = pathOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path);
    return issue.keys.map(
      (key) => `${pathOf([...issue.path, key])} is not a setting${nearest(key, known)}; known: ${known.join(", ")}`,
    );
  }
  const value = at(input, ...issue.path.filter((step) => typeof step !== "symbol"));
  if (value === undefined) return [`${path} is missing; it must be ${allowedBy(issue)}`];
  if (SECRET_PATHS.has(path)) return [`${path} (value not shown) must be ${allowedBy(issue)}`];
  const hint =
    issue.code === "invalid_value" && typeof value === "string" ? nearest(value, issue.values.map(String)) : "";
  return [`${path} is ${shorten(JSON.stringify(value))}; it must be ${allowedBy(issue)}${hint}`];
}

/** Every number of the settings is a whole one. */
const EXPECTED: Readonly<Record<string, string>> = {
  number: "a whole number",
  int: "a whole number",
  object: "an object",
  array: "a list",
};

function allowedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(", ")}`;
    case "invalid_type":
      return EXPECTED[issue.expected] ?? `a ${issue.expected}`;
    case "too_small":
      return issue.origin === "string"
        ? `${String(issue.minimum)} characters or more`
        : `${String(issue.minimum)} or more`;
    case "too_big":
      return `${String(issue.maximum)} or less`;
    default:
      return issue.message;
  }
}

function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const candidate = closest(name, known);
  return distance(name, candidate) <= Math.max(2, name.length / 3) ? ` (did you mean ${candidate}?)` : "";
}

/** Names of the settings that an object of the schema at `path` may hold. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: z.ZodType = unwrap(schema);
  for (const step of path) {
    if (here instanceof z.ZodArray) here = unwrap(here.element as z.ZodType);
    else if (here instanceof z.ZodObject)
      here = unwrap((here.shape as Record<PropertyKey, z.ZodType>)[step] ?? z.never());
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
