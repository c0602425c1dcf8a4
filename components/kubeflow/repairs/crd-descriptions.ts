import { groupKind } from "../../kit/objects.ts";
import type { Repair } from "./repair.ts";

export const crdDescriptions: Repair = {
  name: "crd-descriptions",
  why: "descriptions are 57 % of the bytes of the CRDs; without them the state of a stack is half as large and the API server parses half as much",
  evidence: "measured: 2.7 MB of CRDs with descriptions, 1.15 MB without",
  apply: (object) => {
    if (groupKind(object) !== "CustomResourceDefinition.apiextensions.k8s.io") return object;
    return { ...object, spec: withoutDescriptions(object["spec"]) };
  },
};

/** Descriptions are strings beside a schema's other keywords; a property that is *named* description is a schema. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => key !== "description" || typeof field !== "string")
      .map(([key, field]) => [key, withoutDescriptions(field)]),
  );
}
