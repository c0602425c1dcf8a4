import { listAt, objectId, textAt } from "../../../kit/objects.ts";
import type { VariablePlace } from "../places.ts";
import { changedContainer } from "../change.ts";
import { type Form, splitVersion, type Visit } from "./form.ts";

/** Environment variables; one that is not set stands for what is compiled in, and is set once that is rewritten. */
export function variables(places: readonly VariablePlace[]): Form {
  return {
    name: "environment",
    through: (object, visit) =>
      places
        .filter(({ workload }) => workload === objectId(object))
        .reduce(
          (changing, place) =>
            changedContainer(changing, place.container, (container) => {
              const before = listAt(container, "env");
              const env = withVariable(before, place, visit);
              return env === before ? container : { ...container, env };
            }),
          object,
        ),
  };
}

function withVariable(
  environment: readonly unknown[],
  { container, variable, versionVariable, compiledIn, nameOnly = false, versions = [] }: VariablePlace,
  visit: Visit,
): readonly unknown[] {
  const name = valueOf(environment, variable);
  const version = versionVariable === undefined ? undefined : valueOf(environment, versionVariable);
  const before = name === undefined ? compiledIn : version === undefined ? name : `${name}:${version}`;
  if (before === undefined) return environment;
  const after = visit(before, {
    field: `[${container}] ${variable}`,
    compiledIn: name === undefined,
    nameOnly,
    versions,
  });
  if (after === before) return environment;
  if (versionVariable === undefined) return withValue(environment, variable, after);
  const parts = splitVersion(after);
  return withValue(withValue(environment, variable, parts.name), versionVariable, parts.version);
}

function valueOf(environment: readonly unknown[], name: string): string | undefined {
  return textAt(
    environment.find((variable) => textAt(variable, "name") === name),
    "value",
  );
}

function withValue(environment: readonly unknown[], name: string, value: string): readonly unknown[] {
  const index = environment.findIndex((variable) => textAt(variable, "name") === name);
  return index < 0 ? [...environment, { name, value }] : environment.with(index, { name, value });
}
