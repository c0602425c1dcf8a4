import { UNKNOWN, type Step } from "../reading.ts";
import { remembered } from "../remembered.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { embeddedObjects } from "./embedded.ts";
import { expand, isMap, type Place } from "./places.ts";
import { PLACES, type Shape } from "./pod-template-places.ts";

/** Something that makes pods, found in an object. `value` is the pod's spec, or what stands for one. */
export interface PodTemplateSubject extends Subject {
  readonly object: KubernetesSubject;
  /** The pod's own metadata, not the object's; a subject, as it stands beside the spec. */
  readonly metadata: Subject;
  readonly containers: readonly ContainerSubject[];
}

/** A container of a pod template. `value` is the container, UNKNOWN where a whole list of them is unknown. */
export interface ContainerSubject extends Subject {
  readonly object: KubernetesSubject;
  readonly kind: "container" | "init" | "ephemeral";
  /** `""` where it has none. */
  readonly containerName: string;
  /** Spec of its pod. */
  readonly podSpec: unknown;
}

/** Every pod template of a resource: of workloads, of custom resources, and of manifests that ConfigMaps hold as text. */
export const podTemplates: (resource: Resource) => readonly PodTemplateSubject[] = remembered(({ objects }) =>
  objects.flatMap(podTemplatesOf),
);

/** Every container of every pod template of a resource; init and ephemeral containers included. */
export const containers: (resource: Resource) => readonly ContainerSubject[] = remembered((resource) =>
  podTemplates(resource).flatMap((template) => template.containers),
);

/** Every pod template of an object. */
export const podTemplatesOf: (object: KubernetesSubject) => readonly PodTemplateSubject[] = remembered((object) => {
  const shapes = PLACES.get(object.kind) ?? [];
  const own = shapes.flatMap((shape) =>
    expand(object.value, shape.path).flatMap((place) => templateAt(object, shape, place)),
  );
  return [...own, ...embeddedObjects(object).flatMap(podTemplatesOf)];
});

function templateAt(object: KubernetesSubject, shape: Shape, place: Place): PodTemplateSubject[] {
  const base = shape.wrapped ? child(place, "spec") : place;
  if (base.value === undefined || base.value === null) return [];
  const path = [...object.path, ...base.path];
  const common = { resource: object.resource, object };
  const beside = shape.wrapped ? child(place, "metadata") : { value: undefined, path: base.path };
  const metadata = { ...common, value: beside.value, path: [...object.path, ...beside.path], name: object.name };
  const places = base.value === UNKNOWN ? shape.containers.slice(0, 1) : shape.containers;
  const found = places.flatMap(({ path: where, kind }) =>
    expand(base.value, where).flatMap((list) =>
      membersOf(list).map(({ value, path: inner }) => {
        const containerName = nameOf(value) ?? "";
        const label = containerName || (inner.findLast((step) => typeof step === "string") ?? "");
        const name = `${kind === "container" ? "" : `${kind} `}container ${label} of ${object.name}`;
        return { ...common, value, path: [...path, ...inner], name, kind, containerName, podSpec: base.value };
      }),
    ),
  );
  if (shape.onlyWithContainers && found.length === 0 && base.value !== UNKNOWN) return [];
  return [{ ...common, value: base.value, path, name: object.name, metadata, containers: found }];
}

function child(place: Place, step: Step): Place {
  if (place.value === UNKNOWN) return { value: UNKNOWN, path: place.path };
  const value = isMap(place.value) ? place.value[step] : undefined;
  return { value, path: [...place.path, step] };
}

/** The members of a list, or the one thing that stands there. */
function membersOf({ value, path }: Place): Place[] {
  if (Array.isArray(value)) return value.map((member: unknown, index) => ({ value: member, path: [...path, index] }));
  return value === undefined || value === null ? [] : [{ value, path }];
}

function nameOf(container: unknown): string | undefined {
  const name = isMap(container) ? container["name"] : undefined;
  return typeof name === "string" ? name : undefined;
}
