import { at, groupKind, type KubernetesObject, objectId, textAt } from "../../kit/objects.ts";
import { partOf } from "../parts.ts";
import type { Adjustment } from "../plan.ts";
import type { SourcedObject } from "../release/render.ts";
import type { ReleaseDefinition } from "../releases/index.ts";
import { type ComponentTable, isSelected, type Selection } from "./components.ts";
import { type Routes, routesOf, withoutDeadLinks } from "./dashboard.ts";

/** File of labels that the profile controller puts on every profile's namespace. */
const PROFILE_LABELS_FILE = "namespace-labels.yaml";

export interface SelectionOptions {
  readonly table: ComponentTable;
  readonly selection: Selection;
  /** Id of the ConfigMap that holds the dashboard's links. */
  readonly dashboard: string;
}

/**
 * Leaves out the components that are off, whole: their objects, the dashboard's links to them, and the labels by which
 * they act on profiles. To be the first adjustment, so that what the others derive is derived from what is left.
 */
export function selectionAdjustment({ table, selection, dashboard }: SelectionOptions): Adjustment {
  const off = Object.keys(table).filter((name) => !isSelected(name, selection));
  if (off.length === 0) return (objects) => objects;
  const labels = off.flatMap((name) => table[name]?.profileLabels ?? []);
  return (objects) => {
    const left = objects.filter(({ part }) => isSelected(part.name, selection));
    const present = new Set(left.map(({ object }) => object));
    const routes = routesOf(
      objects.map(({ object }) => object),
      (object) => present.has(object),
    );
    return left.map(({ object, part }) => ({ object: changed(object, { dashboard, routes, labels }), part }));
  };
}

/** The objects of a release that a selection takes. */
export function selectedOf(
  release: ReleaseDefinition,
  objects: readonly SourcedObject[],
  selection: Selection,
): SourcedObject[] {
  return objects.filter(({ origin }) => isSelected(partOf(release, origin).name, selection));
}

interface Remains {
  readonly dashboard: string;
  readonly routes: Routes;
  readonly labels: readonly string[];
}

function changed(object: KubernetesObject, { dashboard, routes, labels }: Remains): KubernetesObject {
  if (objectId(object) === dashboard) return withoutDeadLinks(object, routes);
  return groupKind(object) === "ConfigMap" ? withoutProfileLabels(object, labels) : object;
}

/** An empty value makes the profile controller take a label off namespaces that have it. */
function withoutProfileLabels(object: KubernetesObject, labels: readonly string[]): KubernetesObject {
  const text = textAt(object, "data", PROFILE_LABELS_FILE);
  if (text === undefined || labels.length === 0) return object;
  const lines = text.split("\n").map((line) => {
    const label = labels.find((name) => line.startsWith(`${name}:`));
    return label === undefined ? line : `${label}: ""`;
  });
  const data = at(object, "data") as Readonly<Record<string, string>>;
  return { ...object, data: { ...data, [PROFILE_LABELS_FILE]: lines.join("\n") } };
}
