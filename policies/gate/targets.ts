import { schema } from "../../components/settings/schema.ts";
import type { StackOptions } from "../../rehearsal/stack.ts";
import { STACK_CLASSES, type StackClass } from "../rule.ts";

/** A stack on a cloud. `airgapped` is production at a site that pulls from a registry of its own and from nowhere else. */
export interface Target {
  readonly stack: StackClass;
  readonly cloud: Cloud;
}

export type Cloud = (typeof CLOUDS)[number];

/** Every cloud that the program can be set to. */
export const CLOUDS = schema.shape.cloud.options;

/** Nobody's registry, for a stack that has none set. */
const SITE = { airGap: JSON.stringify({ registry: "registry.example.com/kubeflow" }) };

/** Stacks on each of the clouds; of all there are, where none are named. */
export function targetsOf(stacks: readonly StackClass[] = STACK_CLASSES, clouds: readonly Cloud[] = CLOUDS): Target[] {
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
