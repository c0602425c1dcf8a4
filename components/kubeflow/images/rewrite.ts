import { canonical, formatReference, parseReference, type Reference } from "./reference.ts";

/** The one way in which images become others: replacements, digests and a private registry are all this. */
export type Rewrite = (reference: Reference) => Reference;

/** An image that cannot be pulled or must not be used any more, what stands in for it, and how that is known. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Issues and sources. */
  readonly evidence: readonly string[];
  /** Day on which the evidence was read, ISO 8601. */
  readonly date: string;
}

/** One rewrite after the other. */
export function inOrder(...rewrites: readonly Rewrite[]): Rewrite {
  return (reference) => rewrites.reduce((rewriting, rewrite) => rewrite(rewriting), reference);
}

/** Exactly the images of a table; all others stay. */
export function replacing(replacements: readonly Replacement[]): Rewrite {
  const table = new Map(replacements.map(({ from, to }) => [canonical(from), parseReference(to)]));
  return (reference) => table.get(formatReference(reference)) ?? reference;
}

/**
 * Everything below a private registry, with the registry it came from as the first folder:
 * `docker.io/library/busybox` becomes `registry.example.com/kubeflow/docker.io/library/busybox`. What is there already
 * stays. Throws RangeError where the registry is no registry with an optional path.
 */
export function movingTo(registry: string): Rewrite {
  // A name below it makes it a reference, whose first part must be its host.
  const { host, path } = parseReference(`${registry}/image`);
  const folder = path.slice(0, -"image".length);
  if (!registry.startsWith(host)) throw new RangeError(`${JSON.stringify(registry)} does not begin with a registry`);
  return (reference) =>
    reference.host === host && reference.path.startsWith(folder)
      ? reference
      : { ...reference, host, path: `${folder}${reference.host.replace(":", "-")}/${reference.path}` };
}

/** Images by what they hold: the digest that a table gives for a reference; the tag stays for people to read. */
export function pinning(digests: ReadonlyMap<string, string>): Rewrite {
  return (reference) => {
    const digest = digests.get(formatReference(reference));
    return digest === undefined ? reference : { ...reference, digest };
  };
}

/** A reference as it is written, rewritten; the very same text where the rewrite leaves it alone. */
export function rewriteText(text: string, rewrite: Rewrite): string {
  const before = parseReference(text);
  const after = formatReference(rewrite(before));
  return after === formatReference(before) ? text : after;
}
