import { loadRelease, type SourcedObject } from "../../components/kubeflow/release/index.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";

let rendering: Promise<SourcedObject[]> | undefined;

/** The real v1.8.1, rendered once for each content of its source and cached between runs. */
export function realRelease(): Promise<SourcedObject[]> {
  rendering ??= loadRelease(releases["1.8.1"], undefined);
  return rendering;
}
