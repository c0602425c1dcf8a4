import { parseSettings } from "../../components/settings/parse.ts";
import { adjustmentsFor } from "../../components/kubeflow/adjustments.ts";
import { credentialsFrom } from "../../components/kubeflow/credentials/derive.ts";
import { extrasFor } from "../../components/kubeflow/extras.ts";
import { type Plan, planInstall } from "../../components/kubeflow/plan.ts";
import { loadRelease, type SourcedObject } from "../../components/kubeflow/release/index.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";

const STACK_SECRET = "0123456789abcdef0123456789abcdef";

/** Settings `components` with everything on. */
export const EVERY_COMPONENT: Readonly<Record<string, boolean>> = Object.fromEntries(
  Object.keys(releases["1.8.1"].components).map((name) => [name, true]),
);

let rendering: Promise<SourcedObject[]> | undefined;

/** The real v1.8.1, rendered once for each content of its source and cached between runs. */
export function realRelease(): Promise<SourcedObject[]> {
  rendering ??= loadRelease(releases["1.8.1"], undefined);
  return rendering;
}

/** The real v1.8.1 as it is applied with these settings, which replace those of an untouched dev: adjusted, in waves. */
export async function plannedRelease(input: Readonly<Record<string, unknown>> = {}): Promise<Plan> {
  const settings = parseSettings({ environment: "dev", cloud: "existing", ...input });
  const release = releases["1.8.1"];
  const extras = extrasFor(settings);
  const shipped = extras.length === 0 ? await realRelease() : await loadRelease(release, undefined, { extras });
  const credentials = credentialsFrom(STACK_SECRET, settings.rotation);
  return planInstall(release, shipped, adjustmentsFor(release, { ...settings, credentials }));
}
