import type { KubernetesSubject, Resource, Stack, Subject } from "./resource.ts";

/** The resource itself if it has one of these type tokens. */
export function ofType(...types: readonly string[]): (resource: Resource) => Subject[] {
  return (resource) => (types.includes(resource.type) ? [resourceSubject(resource)] : []);
}

/** The Kubernetes objects in a resource that have one of these kinds (`Role`, `ClusterRole`), whatever their version. */
export function ofKind(...kinds: readonly string[]): (resource: Resource) => KubernetesSubject[] {
  return ({ objects }) => objects.filter(({ kind }) => kinds.includes(kind));
}

/** Every resource of one of these types in the stack. */
export function stackResourcesOf(...types: readonly string[]): (stack: Stack) => Subject[] {
  return (stack) => types.flatMap((type) => stack.resourcesOf(type).map(resourceSubject));
}

/** A resource as a subject: `aws:eks/cluster:Cluster main`. */
export function resourceSubject(resource: Resource): Subject {
  return { resource, value: resource.properties, path: [], name: `${resource.type} ${resource.name}` };
}

/** The stack as a whole, for what no single resource is to blame for; findings are reported at its first resource. */
export function wholeStack(stack: Stack): Subject[] {
  const [first] = stack.resources;
  return first === undefined ? [] : [{ resource: first, value: {}, path: [], name: "the stack" }];
}
