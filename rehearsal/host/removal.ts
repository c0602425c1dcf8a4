import type { ResourceState } from "./resources.ts";

/**
 * Removes the resources in the order that their dependencies demand: dependents before what they depend on, children
 * before parents, resources before their provider. What does not wait for one another runs at once.
 *
 * Where a removal fails, what it depends on stays too. Returns the URNs that stay.
 */
export async function removeInOrder(
  resources: readonly ResourceState[],
  remove: (resource: ResourceState) => Promise<boolean>,
): Promise<ReadonlySet<string>> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const dependents = new Map<string, ResourceState[]>(resources.map(({ urn }) => [urn, []]));
  for (const resource of resources) {
    for (const urn of prerequisites(resource)) if (urn !== resource.urn) dependents.get(urn)?.push(resource);
  }
  const removals = new Map<string, Promise<boolean>>();
  const removal = (urn: string): Promise<boolean> => {
    const begun = removals.get(urn);
    if (begun !== undefined) return begun;
    const resource = byUrn.get(urn) as ResourceState;
    const promise = Promise.all((dependents.get(urn) ?? []).map((dependent) => removal(dependent.urn))).then(
      (gone) => gone.every(Boolean) && remove(resource),
    );
    removals.set(urn, promise);
    return promise;
  };
  const stay = new Set<string>();
  for (const { urn } of resources) if (!(await removal(urn))) stay.add(urn);
  return stay;
}

/** URNs that must outlive the resource. */
function prerequisites(resource: ResourceState): readonly string[] {
  const { parent, provider, dependencies } = resource;
  const providerUrn = provider?.slice(0, provider.lastIndexOf("::"));
  return [...dependencies, ...[parent, providerUrn].filter((urn) => urn !== undefined)];
}
