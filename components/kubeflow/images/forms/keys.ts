import { objectId, textAt } from "../../../kit/objects.ts";
import type { KeyPlace } from "../places.ts";
import { changedAt } from "../change.ts";
import type { Form } from "./form.ts";

/** ConfigMap keys whose whole value is a reference. */
export function keys(places: readonly KeyPlace[]): Form {
  return {
    name: "ConfigMap key",
    through: (object, visit) =>
      places
        .filter(({ configMap, key }) => configMap === objectId(object) && textAt(object, "data", key) !== undefined)
        .reduce(
          (changing, { key }) => changedAt(changing, ["data", key], (text) => visit(text as string, { field: key })),
          object,
        ),
  };
}
