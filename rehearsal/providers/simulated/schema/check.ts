import { closest } from "fastest-levenshtein";
import {
  isList,
  isMap,
  ResourceReference,
  Secret,
  UNKNOWN,
  type Properties,
  type Value,
} from "../../../host/values.ts";
import type { CheckFailure } from "../../provider.ts";
import type { Fields, ResourceSchema, Shape } from "./shape.ts";

/** Everything in which inputs differ from what the SDK declares: unknown and missing properties, wrong types. */
export function checkInputs({ inputs, objects }: ResourceSchema, properties: Properties): CheckFailure[] {
  return fieldsProblems(inputs, properties, "", objects);
}

function fieldsProblems(fields: Fields, given: Properties, at: string, objects: Objects): CheckFailure[] {
  const known = Object.keys(fields);
  const path = (name: string) => (at === "" ? name : `${at}.${name}`);
  return [
    ...Object.keys(given)
      .filter((name) => fields[name] === undefined && !name.startsWith(INTERNAL))
      .map((name) => ({ property: path(name), reason: `is no property; the nearest is ${closest(name, known)}` })),
    ...Object.entries(fields).flatMap(([name, { shape, required }]) => {
      const value = given[name];
      if (value === undefined || value === null)
        return required ? [{ property: path(name), reason: "is missing" }] : [];
      return problems(shape, value, path(name), objects);
    }),
  ];
}

type Objects = ResourceSchema["objects"];

/** What the SDK adds for itself: `__defaults`. */
const INTERNAL = "__";

function problems(shape: Shape, value: Value, at: string, objects: Objects): CheckFailure[] {
  if (value instanceof Secret) return problems(shape, value.value, at, objects);
  if (value === UNKNOWN || value instanceof ResourceReference || value === null) return [];
  const wrong = (wanted: string) => [{ property: at, reason: `is ${kindOf(value)}, not ${wanted}` }];
  switch (shape.kind) {
    case "any":
      return [];
    case "string":
    case "number":
    case "boolean":
      return typeof value === shape.kind ? [] : wrong(`a ${shape.kind}`);
    case "list":
      return isList(value)
        ? value.flatMap((item, index) => problems(shape.of, item, `${at}[${index}]`, objects))
        : wrong("a list");
    case "map":
      return isMap(value)
        ? Object.entries(value).flatMap(([key, item]) =>
            problems(shape.of, item, `${at}[${JSON.stringify(key)}]`, objects),
          )
        : wrong("a map");
    case "object":
      return isMap(value) ? fieldsProblems(objects[shape.name] ?? {}, value, at, objects) : wrong("an object");
    case "union":
      return shape.of.some((one) => problems(one, value, at, objects).length === 0)
        ? []
        : wrong(shape.of.map(({ kind }) => `a ${kind}`).join(" or "));
  }
}

function kindOf(value: Value): string {
  return isList(value) ? "a list" : isMap(value) ? "an object" : `a ${typeof value}`;
}
