import type { KubernetesObject } from "../../../kit/objects.ts";

/** Looks at one reference and says what stands in its place. */
export type Visit = (reference: string, origin: Origin) => string;

/** Where a reference stands within its object. */
export interface Origin {
  /** For people: `spec.template.spec.containers[main].image`. */
  readonly field: string;
  /** It does not stand in the object at all: a program uses it as long as the object says nothing else. */
  readonly compiledIn?: boolean;
  /** Only a repository: the version is put to it elsewhere, so nobody pulls it as it is. */
  readonly nameOnly?: boolean;
  /** The versions that the program puts to it by itself. */
  readonly versions?: readonly string[];
}

/**
 * One of the ways in which a reference is written into an object. Listing and rewriting are the same walk, so whatever is
 * listed can be rewritten.
 */
export interface Form {
  readonly name: string;
  /** Shows every reference of this form to `visit`; the very same object where nothing changes. */
  readonly through: (object: KubernetesObject, visit: Visit) => KubernetesObject;
}

/** The name and the version of a reference, which some programs take apart at the last colon. */
export function splitVersion(reference: string): { name: string; version: string } {
  const colon = reference.lastIndexOf(":");
  if (colon <= reference.lastIndexOf("/"))
    throw new RangeError(`${reference} needs a tag or a digest: it is written in two parts`);
  return { name: reference.slice(0, colon), version: reference.slice(colon + 1) };
}
