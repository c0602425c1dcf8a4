import { UNKNOWN } from "../reading.ts";
import { remembered } from "../remembered.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { EACH, expand } from "./places.ts";
import { podTemplatesOf } from "./pod-templates.ts";

/** A text that an object gives to programs. `value` is the text, decoded where a Secret encodes it. */
export interface TextSubject extends Subject {
  readonly object: KubernetesSubject;
  readonly source: "Secret" | "ConfigMap" | "variable";
  /** Key of the Secret or ConfigMap, or name of the variable. */
  readonly key: string;
}

/** The values of Secrets, ConfigMaps and literal environment variables in a resource. */
export function texts({ objects }: Resource): TextSubject[] {
  return objects.flatMap(textsOf);
}

/** The same of one object. */
export const textsOf: (object: KubernetesSubject) => readonly TextSubject[] = remembered((object) => {
  if (object.kind === "Secret") return [...entries(object, "data", decoded), ...entries(object, "stringData", asIs)];
  if (object.kind === "ConfigMap") return entries(object, "data", asIs);
  return variables(object);
});

function entries(object: KubernetesSubject, field: string, read: (value: unknown) => unknown): TextSubject[] {
  return expand(object.value, [field, EACH]).map(({ value, path }) => {
    const key = String(path[1] ?? field);
    const source = object.kind === "Secret" ? "Secret" : "ConfigMap";
    return subject(object, { source, key, value: read(value), path: [...object.path, ...path], owner: object.name });
  });
}

function variables(object: KubernetesSubject): TextSubject[] {
  return podTemplatesOf(object).flatMap(({ containers }) =>
    containers.flatMap((container) =>
      expand(container.value, ["env", EACH, "value"]).map(({ value, path }) => {
        const [name] = expand(container.value, [...path.slice(0, -1), "name"]);
        const key = typeof name?.value === "string" ? name.value : "";
        const where = [...container.path, ...path];
        // Without its name, nobody can tell what a value is.
        const text = name?.value === UNKNOWN ? UNKNOWN : value;
        return subject(object, { source: "variable", key, value: text, path: where, owner: container.name });
      }),
    ),
  );
}

interface Found extends Pick<TextSubject, "source" | "key" | "value" | "path"> {
  readonly owner: string;
}

function subject(object: KubernetesSubject, { owner, ...found }: Found): TextSubject {
  return { ...found, resource: object.resource, object, name: `${found.key} of ${owner}` };
}

function asIs(value: unknown): unknown {
  return value;
}

function decoded(value: unknown): unknown {
  return typeof value === "string" ? Buffer.from(value, "base64").toString() : value;
}
