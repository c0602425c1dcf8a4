import { objectId } from "../../kit/objects.ts";
import type { ExtraDefinition } from "../releases/index.ts";
import type { SourcedObject } from "./render.ts";

/** What an extra gives of its rendering; what it names and the rendering lacks shows against its lock. */
export function takenFrom(rendering: readonly SourcedObject[], { objects }: ExtraDefinition): SourcedObject[] {
  return rendering.filter(({ object }) => objects.includes(objectId(object)));
}

/** The objects with those of an extra: in the place of the same object, or at the end. */
export function withExtra(objects: readonly SourcedObject[], extra: readonly SourcedObject[]): SourcedObject[] {
  const taken = new Map(extra.map((sourced) => [objectId(sourced.object), sourced]));
  const replaced = objects.map((sourced) => taken.get(objectId(sourced.object)) ?? sourced);
  const present = new Set(objects.map(({ object }) => objectId(object)));
  return [...replaced, ...extra.filter(({ object }) => !present.has(objectId(object)))];
}
