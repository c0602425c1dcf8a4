import type { ResourceRecord } from "../host/index.ts";
import { packageOf, STACK_TYPE } from "../host/urn.ts";

type Node = Pick<ResourceRecord, "urn" | "type" | "name" | "parent" | "custom">;

/**
 * Resources as a tree of lines. Kubernetes objects, of which there are hundreds, are counted by kind below the component
 * that has them.
 */
export function treeOf(resources: readonly Node[]): string[] {
  const children = Map.groupBy(resources, ({ parent = "" }) => parent);
  const roots = resources.filter(({ type }) => type === STACK_TYPE);
  return roots.flatMap((root) => [labelOf(root), ...below(root.urn, children, "")]);
}

function below(urn: string, children: ReadonlyMap<string, readonly Node[]>, indent: string): string[] {
  const all = children.get(urn) ?? [];
  const objects = all.filter((node) => isObject(node) && !children.has(node.urn));
  const others = all.filter((node) => !objects.includes(node));
  const branches = [
    ...others.toSorted(byName).map((node) => ({ label: labelOf(node), urn: node.urn })),
    ...(objects.length === 0 ? [] : [{ label: kindsOf(objects), urn: "" }]),
  ];
  return branches.flatMap(({ label, urn: branch }, index) => {
    const isLast = index === branches.length - 1;
    const more = branch === "" ? [] : below(branch, children, `${indent}${isLast ? "   " : "│  "}`);
    return [`${indent}${isLast ? "└─ " : "├─ "}${label}`, ...more];
  });
}

/** How many resources a graph has, by what makes them; components are this program's own. */
export function countsOf(resources: readonly Node[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { type, custom } of resources) {
    const by = type.startsWith("pulumi:providers:") ? "providers" : custom ? packageOf(type) : "components";
    if (type !== STACK_TYPE) counts.set(by, (counts.get(by) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function labelOf({ type, name }: Node): string {
  return `${type} ${name}`;
}

function isObject({ type }: Node): boolean {
  return type.startsWith("kubernetes:");
}

/** `Deployment x 3, Service x 2`. */
function kindsOf(objects: readonly Node[]): string {
  const kinds = Map.groupBy(objects, ({ type }) => type.slice(type.lastIndexOf(":") + 1));
  return [...kinds]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, { length }]) => (length === 1 ? kind : `${kind} x ${length}`))
    .join(", ");
}

function byName(a: Node, b: Node): number {
  return labelOf(a) < labelOf(b) ? -1 : 1;
}
