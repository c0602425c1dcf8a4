import { z } from "zod";
import { UserError } from "../kit/errors.ts";
import { nearest } from "../kit/names.ts";
import { at } from "../kit/objects.ts";
import { PROJECT, SECRET_PATHS } from "./schema.ts";

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
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schemaAt(schema, issue.path));
    return issue.keys.map((key) => `${pathOf([...issue.path, key])} is not a setting${meant(key, known)}`);
  }
  const path = pathOf(issue.path);
  const value = at(input, ...issue.path.filter((step) => typeof step !== "symbol"));
  const allowed = `it must be ${allowedBy(issue, schemaAt(schema, issue.path))}`;
  if (value === undefined) return [`${path} is missing; ${allowed}`];
  if (isSecret(path)) return [`${path} (value not shown) is wrong; ${allowed}`];
  const hint =
    issue.code === "invalid_value" && issue.values.length > 1 && typeof value === "string"
      ? nearest(value, issue.values.map(String))
      : "";
  return [`${path} is ${shorten(JSON.stringify(shown(value, issue.path)))}; ${allowed}${hint}`];
}

function isSecret(path: string): boolean {
  const anywhere = path.replace(/\[\d+\]/g, "[]");
  return SECRET_PATHS.some(
    (secret) => anywhere === secret || anywhere.startsWith(`${secret}.`) || anywhere.startsWith(`${secret}[`),
  );
}

/** A value with what is secret in it left out. */
function shown(value: unknown, path: readonly PropertyKey[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => shown(item, [...path, index]));
  const open = Object.entries(value).filter(([key]) => !isSecret(pathOf([...path, key])));
  return Object.fromEntries(open.map(([key, part]) => [key, shown(part, [...path, key])]));
}

/** What takes the place of the dots in "it must be ..." */
function allowedBy(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.code === "custom" && issue.message !== NO_MESSAGE) return issue.message;
  if (schema.description !== undefined) return schema.description;
  if (schema instanceof z.ZodArray) return `a list, each of it ${allowedIn(schema.element as z.ZodType)}`;
  if (schema instanceof z.ZodObject) return allowedIn(schema);
  if (issue.code !== "invalid_value") return issue.message;
  return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(", ")}`;
}

/** What zod says where a check has no words of its own. */
const NO_MESSAGE = "Invalid input";

function allowedIn(schema: z.ZodType): string {
  return `an object of ${keysOf(schema).join(", ")}`;
}

/** What may have been meant by an unknown key, which has its project's name only where that is mistyped. */
function meant(key: string, known: readonly string[]): string {
  const [, name] = key.split(":");
  return name === undefined
    ? `${nearest(key, known)}; known: ${known.join(", ")}`
    : ` (did you mean ${PROJECT}:${name}?)`;
}

/** The part of a schema that a path leads to; what holds no settings where it leads nowhere. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType {
  return path.reduce<z.ZodType>((here, step) => {
    if (here instanceof z.ZodArray) return unwrap(here.element as z.ZodType);
    if (here instanceof z.ZodRecord) return unwrap(here.valueType as z.ZodType);
    if (here instanceof z.ZodObject) return unwrap((here.shape as Record<PropertyKey, z.ZodType>)[step] ?? z.never());
    return here;
  }, unwrap(schema));
}

/** Names of the settings that an object may hold. */
function keysOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema itself, without what only makes it optional or prepares its value. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return unwrap(schema.out as z.ZodType);
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the whole";
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
