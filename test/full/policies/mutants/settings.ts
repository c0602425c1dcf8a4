import type { Edit } from "./mutant.ts";

const LAST = "kubeflow:cloud: existing";

/** A setting of the stack prod, as its file would have it. */
export function setting(yaml: string): Edit {
  return { file: "Pulumi.prod.yaml", from: LAST, to: `${LAST}\n  ${yaml}` };
}
