import { objectId, textAt } from "../../../kit/objects.ts";
import type { InjectorPlace } from "../places.ts";
import { changedAt } from "../change.ts";
import { type Form, splitVersion, type Visit } from "./form.ts";

/** Images of injected sidecars: a hub, names below it and one tag for all, which Istio joins. */
export function injectors(places: readonly InjectorPlace[]): Form {
  return {
    name: "hub and tag",
    through: (object, visit) =>
      places
        .filter(({ configMap }) => configMap === objectId(object))
        .reduce(
          (changing, place) =>
            changedAt(changing, ["data", place.key], (text) => withImages(text as string, place, visit)),
          object,
        ),
  };
}

function withImages(text: string, { key, hub, tag, names }: InjectorPlace, visit: Visit): string {
  const values = JSON.parse(text) as unknown;
  const changed = names.reduce((changing, path) => {
    const before = `${textAt(values, ...hub) ?? ""}/${textAt(values, ...path) ?? ""}:${textAt(values, ...tag) ?? ""}`;
    const after = visit(before, { field: `${key}: ${path.join(".")}` });
    if (after === before) return changing;
    const { name, version } = splitVersion(after);
    const slash = name.lastIndexOf("/");
    const withName = changedAt(changing, path, () => name.slice(slash + 1));
    return changedAt(
      changedAt(withName, hub, () => name.slice(0, slash)),
      tag,
      () => version,
    );
  }, values);
  return changed === values ? text : JSON.stringify(changed, null, 2);
}
