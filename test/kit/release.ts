import { adjustmentsFor } from "../../components/kubeflow/adjustments.ts";
import { credentialsFrom } from "../../components/kubeflow/credentials/derive.ts";
import { type Plan, planInstall } from "../../components/kubeflow/plan.ts";
import { loadRelease, type SourcedObject } from "../../components/kubeflow/release/index.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";

let rendering: Promise<SourcedObject[]> | undefined;

/** The real v1.8.1, rendered once for each content of its source and cached between runs. */
export function realRelease(): Promise<SourcedObject[]> {
  rendering ??= loadRelease(releases["1.8.1"], undefined);
  return rendering;
}

/** The real v1.8.1 as it is applied: adjusted, in waves. */
export async function plannedRelease(secret = "0123456789abcdef0123456789abcdef"): Promise<Plan> {
  const credentials = credentialsFrom(secret);
  return planInstall(releases["1.8.1"], await realRelease(), adjustmentsFor({ credentials }));
}
