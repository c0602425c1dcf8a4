import { isList, isMap, type Json, type JsonObject } from "../../host/values.ts";
import type { Made, Simulation } from "./cloud.ts";

type Found = NonNullable<ReturnType<Simulation["find"]>>;

/** Everything that a simulated cloud has made, to be found by any value that others may refer to it by. */
export class World {
  readonly #byValue = new Map<string, Found>();

  /** @param added what the cloud added, by whose values at any depth it is found as well */
  add(made: Made, outputs: JsonObject, added: JsonObject = {}): void {
    const found = { ...made, outputs };
    // What refers to another resource by the same value came later, and is not what is meant by it.
    for (const value of [made.id, ...Object.values(outputs), ...leaves(added)]) {
      if (typeof value !== "string" || value === "") continue;
      const first = this.#byValue.get(value);
      if (first === undefined || first.hash === made.hash) this.#byValue.set(value, found);
    }
  }

  remove(id: string): void {
    for (const [value, found] of this.#byValue) if (found.id === id) this.#byValue.delete(value);
  }

  find(value: unknown): Found | undefined {
    return typeof value === "string" ? this.#byValue.get(value) : undefined;
  }
}

function leaves(value: Json): Json[] {
  if (isList(value)) return value.flatMap(leaves);
  return isMap(value) ? Object.values(value).flatMap(leaves) : [value];
}

/** Values of the named properties at any depth, with the path of each. */
export function valuesOf(names: ReadonlySet<string>, value: Json, path = ""): [path: string, value: string][] {
  if (isList(value)) return value.flatMap((item: Json, index) => valuesOf(names, item, `${path}[${index}]`));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    const here = path === "" ? key : `${path}.${key}`;
    if (!names.has(key)) return valuesOf(names, item, here);
    if (typeof item === "string") return [[here, item]];
    if (!isList(item)) return valuesOf(names, item, here);
    return item.flatMap((one: Json, index): [string, string][] =>
      typeof one === "string" ? [[`${here}[${index}]`, one]] : valuesOf(names, one, `${here}[${index}]`),
    );
  });
}
