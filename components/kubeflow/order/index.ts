import type { KubernetesObject } from "../../kit/objects.ts";
import { componentsOf } from "./circles.ts";
import { type Edge, edgesOf } from "./graph.ts";

export type { Edge, Strength } from "./graph.ts";
export { edgesOf } from "./graph.ts";

/** Objects that may be applied at once; a wave begins when everything in the ones before it is ready. */
export type Wave = readonly KubernetesObject[];

/**
 * Puts objects into as few waves as their needs allow, each object as early as it can be. The order within a wave is
 * that of the input. Needs that form a circle share a wave: there retrying is what resolves them.
 */
export function wavesOf(objects: readonly KubernetesObject[], edges: readonly Edge[] = edgesOf(objects)): Wave[] {
  const levels = levelsOf(objects, breakCircles(objects, edges));
  const waves: KubernetesObject[][] = [];
  for (const object of objects) (waves[levels.get(object) ?? 0] ??= []).push(object);
  return waves;
}

/** Without the wishes that would close a circle. */
function breakCircles(objects: readonly KubernetesObject[], edges: readonly Edge[]): readonly Edge[] {
  const component = circlesIn(objects, edges);
  const isInCircle = (edge: Edge) => component.get(edge.object) === component.get(edge.needs);
  return edges.filter((edge) => edge.strength !== "rather-before" || !isInCircle(edge));
}

/** The longest chain of strict needs below each object; the members of a circle share one level. */
function levelsOf(objects: readonly KubernetesObject[], edges: readonly Edge[]): Map<KubernetesObject, number> {
  const component = circlesIn(objects, edges);
  const members = Map.groupBy(objects, (object) => component.get(object) ?? -1);
  const needsOf = Map.groupBy(edges, (edge) => component.get(edge.object) ?? -1);
  const levels = new Map<number, number>();
  // Tarjan numbers a component only after all that it needs, so ascending numbers are a valid order.
  for (const number of [...members.keys()].sort((a, b) => a - b)) {
    const needs = (needsOf.get(number) ?? []).filter((edge) => component.get(edge.needs) !== number);
    const floors = needs.map((edge) => {
      const level = levels.get(component.get(edge.needs) ?? -1) ?? 0;
      return edge.strength === "with" ? level : level + 1;
    });
    levels.set(
      number,
      floors.reduce((highest, floor) => Math.max(highest, floor), 0),
    );
  }
  return new Map(objects.map((object) => [object, levels.get(component.get(object) ?? -1) ?? 0]));
}

function circlesIn(objects: readonly KubernetesObject[], edges: readonly Edge[]): Map<KubernetesObject, number> {
  const needs = Map.groupBy(edges, (edge) => edge.object);
  return componentsOf(objects, (object) => (needs.get(object) ?? []).map((edge) => edge.needs));
}
