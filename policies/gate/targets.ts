import { type Environment } from "../../components/settings/environments.ts";
import { schema } from "../../components/settings/schema.ts";
import type { StackClass } from "../rule.ts";

/** A stack on a cloud. */
export interface Target {
  readonly environment: Environment;
  readonly cloud: Cloud;
  /** How strictly it is judged. @default as its settings say */
  readonly stackClass?: StackClass;
}

export type Cloud = (typeof CLOUDS)[number];

/** Every cloud that the program can be set to. */
export const CLOUDS = schema.shape.cloud.options;

/** The stacks on each of the clouds. `airgapped` judges all of them as stacks without access to the internet. */
export function targetsOf(
  environments: readonly Environment[],
  { clouds = CLOUDS, airgapped = false }: { readonly clouds?: readonly Cloud[]; readonly airgapped?: boolean } = {},
): Target[] {
  return environments.flatMap((environment) =>
    clouds.map((cloud) => ({ environment, cloud, ...(airgapped && { stackClass: "airgapped" }) })),
  );
}

/** `prod on aws` */
export function nameOf({ environment, cloud }: Pick<Target, "environment" | "cloud">): string {
  return `${environment} on ${cloud}`;
}
