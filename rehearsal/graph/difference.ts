import type { Json, JsonObject } from "../host/index.ts";

/** What differs between two documents, a line each: the path, and what it was and is. */
export function differences(before: Json | undefined, after: Json | undefined, path: readonly string[] = []): string[] {
  if (isBranch(before) && isBranch(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return keys.flatMap((key) => differences(at(before, key), at(after, key), [...path, key]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const where = path.join(" > ");
  return [
    ...(before === undefined ? [] : [`- ${where}: ${textOf(before)}`]),
    ...(after === undefined ? [] : [`+ ${where}: ${textOf(after)}`]),
  ];
}

const LONGEST = 160;

function textOf(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

function isBranch(value: Json | undefined): value is JsonObject | readonly Json[] {
  return typeof value === "object" && value !== null;
}

function at(value: JsonObject | readonly Json[], key: string): Json | undefined {
  return (value as JsonObject)[key];
}
