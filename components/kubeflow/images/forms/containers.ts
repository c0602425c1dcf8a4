import { groupKind } from "../../../kit/objects.ts";
import type { Form, Visit } from "./form.ts";

const CONTAINER_LISTS = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** Containers of every kind that starts pods, custom resources such as ClusterServingRuntime included. */
export const containers: Form = {
  name: "container",
  through: (object, visit) =>
    // A CRD's schema has fields of the same names, and none of them is a container.
    groupKind(object) === "CustomResourceDefinition.apiextensions.k8s.io"
      ? object
      : (walk(object, "", visit) as typeof object),
};

function walk(value: unknown, path: string, visit: Visit): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  const changed = entries.map(([key, field]): [string, unknown] => {
    const here = path === "" ? key : `${path}.${key}`;
    const isList = CONTAINER_LISTS.has(key) && Array.isArray(field);
    return [
      key,
      isList
        ? unlessSame(
            field,
            field.map((one) => container(one, here, visit)),
          )
        : walk(field, here, visit),
    ];
  });
  if (changed.every(([, field], index) => field === entries[index]?.[1])) return value;
  return Array.isArray(value) ? changed.map(([, field]) => field) : Object.fromEntries(changed);
}

function container(value: unknown, path: string, visit: Visit): unknown {
  const { image, name } = value as { image?: unknown; name?: string };
  if (typeof image !== "string") return value;
  const after = visit(image, { field: `${path}[${name ?? ""}].image` });
  return after === image ? value : { ...(value as object), image: after };
}

function unlessSame(before: unknown[], after: unknown[]): unknown[] {
  return after.some((member, index) => member !== before[index]) ? after : before;
}
