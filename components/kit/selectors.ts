import { listAt, labelsAt, textAt } from "./objects.ts";

/** Whether labels meet a Kubernetes LabelSelector; a missing or empty selector is met by everything. */
export function meets(labels: Readonly<Record<string, string>>, selector: unknown): boolean {
  const equal = Object.entries(labelsAt(selector, "matchLabels"));
  if (equal.some(([key, value]) => labels[key] !== value)) return false;
  return listAt(selector, "matchExpressions").every((expression) => meetsExpression(labels, expression));
}

function meetsExpression(labels: Readonly<Record<string, string>>, expression: unknown): boolean {
  const value = labels[textAt(expression, "key") ?? ""];
  const values = listAt(expression, "values");
  switch (textAt(expression, "operator")) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
