import { labelsAt, objectId } from "../../../kit/objects.ts";
import type { DocumentPlace } from "../places.ts";
import { changedAt } from "../change.ts";
import { type Form, type Origin, splitVersion, type Visit } from "./form.ts";

/** References within the text of ConfigMaps. Only they are replaced, so comments and layout stay as they are. */
export function documents(places: readonly DocumentPlace[]): Form {
  return {
    name: "ConfigMap document",
    through: (object, visit) =>
      places
        .filter(({ configMap }) => configMap === objectId(object))
        .flatMap((place) => Object.keys(labelsAt(object, "data")).map((key) => ({ ...place, key })))
        .reduce(
          (changing, { pattern, nameOnly = false, key }) =>
            changedAt(changing, ["data", key], (text) =>
              withMatches(text as string, pattern, { field: key, nameOnly }, visit),
            ),
          object,
        ),
  };
}

interface Edit {
  readonly range: readonly [number, number];
  readonly text: string;
}

function withMatches(text: string, pattern: RegExp, origin: Origin, visit: Visit): string {
  const edits = [...text.matchAll(pattern)].flatMap((match) => editsOf(match, origin, visit));
  // From the end, so that what comes before keeps its place.
  return edits.toReversed().reduce((editing, { range: [from, to], text: replacement }) => {
    return editing.slice(0, from) + replacement + editing.slice(to);
  }, text);
}

function editsOf(match: RegExpExecArray, origin: Origin, visit: Visit): readonly Edit[] {
  const { reference, name, version } = match.groups ?? {};
  const ranges = match.indices?.groups ?? {};
  const edit = (group: string, text: string): Edit[] => {
    const range = ranges[group];
    return range === undefined ? [] : [{ range, text }];
  };
  if (reference !== undefined) return edit("reference", visit(reference, origin));
  const before = `${name ?? ""}:${version ?? ""}`;
  const after = visit(before, origin);
  if (after === before) return [];
  const parts = splitVersion(after);
  return [...edit("name", parts.name), ...edit("version", parts.version)];
}
