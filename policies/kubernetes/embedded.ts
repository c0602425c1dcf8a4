import { load, loadAll } from "js-yaml";
import { groupOf } from "../../components/kit/objects.ts";
import { UNKNOWN, type Step } from "../reading.ts";
import { remembered } from "../remembered.ts";
import type { KubernetesSubject, Subject } from "../resource.ts";
import { expand, isMap, type Place } from "./places.ts";

/** Objects within an object: the job of a Katib trial, and the manifests that a ConfigMap holds as text. */
export function embeddedObjects(object: KubernetesSubject): KubernetesSubject[] {
  if (object.kind === "Experiment") return within(object, expand(object.value, ["spec", "trialTemplate", "trialSpec"]));
  if (object.kind === "Trial") return within(object, expand(object.value, ["spec", "runSpec"]));
  if (object.kind === "ConfigMap") return within(object, documentPlaces(object));
  if (object.kind === "ScheduledWorkflow") return within(object, workflowTexts(object));
  return [];
}

/** A document that a ConfigMap holds as text. `value` is what it says. */
export interface DocumentSubject extends Subject {
  readonly object: KubernetesSubject;
  readonly key: string;
}

/** What the keys of a ConfigMap say that hold YAML or JSON of more than a line. */
export function documentsOf(object: KubernetesSubject): DocumentSubject[] {
  if (object.kind !== "ConfigMap") return [];
  return documentPlaces(object).map(({ value, path }) => {
    const key = String(path[1]);
    const common = { resource: object.resource, object, key };
    return { ...common, value, path: [...object.path, ...path], name: `${key} of ${object.name}` };
  });
}

function within(object: KubernetesSubject, places: readonly Place[]): KubernetesSubject[] {
  return places.flatMap(({ value, path }) => {
    if (value === UNKNOWN) return [];
    if (!isMap(value) || typeof value["kind"] !== "string") return [];
    const apiVersion = typeof value["apiVersion"] === "string" ? value["apiVersion"] : "";
    const where: readonly Step[] = [...object.path, ...path];
    const name = `${value["kind"]} in ${object.name}`;
    return [{ ...object, value, path: where, name, apiVersion, group: groupOf(apiVersion), kind: value["kind"] }];
  });
}

const documentPlaces: (object: KubernetesSubject) => Place[] = remembered(({ value }) =>
  expand(value, ["data", /^/]).flatMap(({ value: text, path }) => {
    if (text === UNKNOWN) return path.length > 1 ? [{ value: UNKNOWN, path }] : [];
    if (typeof text !== "string" || path.length < 2) return [];
    return parsed(text).map((document) => ({ value: document, path }));
  }),
);

/** Pipelines write a workflow as JSON text into the schedule's object. */
function workflowTexts({ value }: KubernetesSubject): Place[] {
  return expand(value, ["spec", "workflow", "spec"]).flatMap(({ value: text, path }) => {
    const [spec] = typeof text === "string" ? parsed(text) : [];
    return spec === undefined ? [] : [{ value: { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", spec }, path }];
  });
}

/** The documents in a text, none where it is no YAML that holds a structure: certificates and scripts are none. */
function parsed(text: string): unknown[] {
  const trimmed = text.trimStart();
  if (!/^[{[]|^[\w"'.-]+:(\s|$)|^-\s|^---|^#/m.test(trimmed)) return [];
  try {
    if (trimmed.startsWith("{") || trimmed.startsWith("[")) return [load(text)];
    return loadAll(text).filter((document) => typeof document === "object" && document !== null);
  } catch {
    return [];
  }
}
