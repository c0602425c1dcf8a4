import type { ImagePlaces } from "../places.ts";
import { containers } from "./containers.ts";
import { documents } from "./documents.ts";
import { fields } from "./fields.ts";
import { flags } from "./flags.ts";
import type { Form } from "./form.ts";
import { injectors } from "./injectors.ts";
import { keys } from "./keys.ts";
import { variables } from "./variables.ts";

export type { Form, Origin, Visit } from "./form.ts";

/** Every way in which a release writes references. What is compiled into programs is a flag or a variable not set. */
export function formsOf(places: ImagePlaces): readonly Form[] {
  return [
    containers,
    fields(places.fields),
    flags(places.flags),
    variables(places.variables),
    keys(places.keys),
    documents(places.documents),
    injectors(places.injectors),
  ];
}
