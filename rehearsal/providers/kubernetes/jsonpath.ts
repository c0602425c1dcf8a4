import { UserError } from "../../../components/kit/errors.ts";
import type { Json } from "../../host/values.ts";
import { isObject } from "./objects.ts";

type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "every" }
  | { readonly kind: "filter"; readonly path: readonly Step[]; readonly value: string };

const STEP =
  /\.(\*|[\w-]+)|\[(?:(-?\d+)|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\?\(?@((?:\.[\w-]+|\['[^']*'\])+)\s*==\s*["']([^"']*)["']\)?)\]/y;

/**
 * Reads the part of RFC 9535 that waiting needs: keys, indices, wildcards and filters that compare with a text, as in
 * `.status.conditions[?(@.type=="Ready")].status`. Throws UserError on the rest.
 */
export function parseJsonPath(text: string): readonly Step[] {
  const path = text.replace(/^\$/, "");
  const steps: Step[] = [];
  let position = 0;
  while (position < path.length) {
    STEP.lastIndex = position;
    const match = STEP.exec(path);
    if (match === null) {
      throw new UserError(`the JSONPath ${text} cannot be read from "${path.slice(position)}" on`, {
        next: 'use keys, [n], [*] and [?(@.key=="value")] only',
      });
    }
    position = STEP.lastIndex;
    steps.push(stepOf(match));
  }
  return steps;
}

function stepOf([, name, index, star, single, double, filterPath, filterValue]: RegExpExecArray): Step {
  if (name === "*" || star !== undefined) return { kind: "every" };
  if (index !== undefined) return { kind: "index", index: Number(index) };
  if (filterPath !== undefined) return { kind: "filter", path: parseJsonPath(filterPath), value: filterValue ?? "" };
  return { kind: "key", key: name ?? (single ?? double ?? "").replaceAll(/\\(.)/g, "$1") };
}

/** Every value that the path leads to, in order. */
export function select(value: Json, steps: readonly Step[]): readonly Json[] {
  return steps.reduce<readonly Json[]>((values, step) => values.flatMap((item) => follow(item, step)), [value]);
}

function follow(value: Json, step: Step): readonly Json[] {
  switch (step.kind) {
    case "key": {
      const found = isObject(value) ? value[step.key] : undefined;
      return found === undefined ? [] : [found];
    }
    case "index": {
      const found = Array.isArray(value) ? (value as readonly Json[]).at(step.index) : undefined;
      return found === undefined ? [] : [found];
    }
    case "every":
      return children(value);
    case "filter":
      return children(value).filter((child) => select(child, step.path).includes(step.value));
  }
}

function children(value: Json): readonly Json[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}
