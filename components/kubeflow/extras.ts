import type { MeshSettings } from "./network/settings.ts";
import type { ExtraName } from "./releases/index.ts";
import type { Selection } from "./selection/components.ts";

export interface ExtrasOptions {
  readonly mesh: Pick<MeshSettings, "cni">;
  readonly components: Selection;
  readonly release: { readonly trainingOperator: TrainingOperatorVersion };
}

/** Versions of the Training Operator that there is a choice of: the release's own, and one that its users bring along. */
export const TRAINING_OPERATOR_VERSIONS = ["1.7.0", "1.8.0"] as const;

export type TrainingOperatorVersion = (typeof TRAINING_OPERATOR_VERSIONS)[number];

/** What is taken beside a release for these settings. */
export function extrasFor({ mesh, components, release }: ExtrasOptions): readonly ExtraName[] {
  const isNewer = components["training-operator"] === true && release.trainingOperator === "1.8.0";
  return [...(mesh.cni ? (["istio-cni"] as const) : []), ...(isNewer ? (["training-operator-1.8.0"] as const) : [])];
}
