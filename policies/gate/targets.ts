import { schema } from "../../components/settings/schema.ts";
import type { StackOptions } from "../../rehearsal/stack.ts";
import type { StackClass } from "../rule.ts";

/** A stack on a cloud. `airgapped` is production at a site that pulls from a registry of its own and from nowhere else. */
export interface Target {
  readonly stack: StackClass;
  readonly cloud: Cloud;
}

export type Cloud = (typeof CLOUDS)[number];

/** Every cloud that the program can be set to. */
export const CLOUDS = schema.shape.cloud.options;

/** A site without a way out and nobody's registry, for a stack that has none set. */
const SITE = {
  airGap: JSON.stringify({ registry: "registry.example.com/kubeflow" }),
  cluster: JSON.stringify({ nat: false }),
};

/** Each of the stacks on each of the clouds. */
export function targetsOf(stacks: readonly StackClass[], clouds: readonly Cloud[] = CLOUDS): Target[] {
  return stacks.flatMap((stack) => clouds.map((cloud) => ({ stack, cloud })));
}

/** The stack as a preview takes it. */
export function stackOptionsOf({ stack, cloud }: Target): StackOptions {
  return stack === "airgapped" ? { environment: "prod", cloud, standIns: SITE } : { environment: stack, cloud };
}

/** `prod on aws` */
export function nameOf({ stack, cloud }: Target): string {
  return `${stack} on ${cloud}`;
}
