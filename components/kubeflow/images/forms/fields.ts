import { groupKind } from "../../../kit/objects.ts";
import type { ImagePlaces } from "../places.ts";
import { changedAt } from "../change.ts";
import type { Form } from "./form.ts";

/** Fields of custom resources that are no container. */
export function fields(places: ImagePlaces["fields"]): Form {
  return {
    name: "custom resource",
    through: (object, visit) => {
      const path = places[groupKind(object)];
      return path === undefined
        ? object
        : changedAt(object, path, (image) => visit(image as string, { field: path.join(".") }));
    },
  };
}
