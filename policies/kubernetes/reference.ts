import { parseReference, type Reference } from "../../components/kubeflow/images/reference.ts";

/** An image reference taken apart, undefined for what is none. */
export function referenceOf(image: unknown): Reference | undefined {
  if (typeof image !== "string") return undefined;
  try {
    return parseReference(image);
  } catch {
    return undefined;
  }
}

/** What an image is called wherever it lies: the last part of its repository. */
export function nameOf({ path }: Reference): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
