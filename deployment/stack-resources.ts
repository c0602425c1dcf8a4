import { at, listAt, textAt } from "../components/kit/objects.ts";

/** A resource as the state of an engine has it. */
export interface StackResource {
  readonly urn: string;
  readonly type: string;
  /** As the cloud identifies it; empty for components. */
  readonly id: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly inputs: unknown;
}

/** The resources of what `pulumi stack export` writes. */
export function resourcesIn(exported: unknown): StackResource[] {
  return listAt(exported, "deployment", "resources").map((resource) => ({
    urn: textAt(resource, "urn") ?? "",
    type: textAt(resource, "type") ?? "",
    id: textAt(resource, "id") ?? "",
    protect: at(resource, "protect") === true,
    retainOnDelete: at(resource, "retainOnDelete") === true,
    inputs: at(resource, "inputs"),
  }));
}
