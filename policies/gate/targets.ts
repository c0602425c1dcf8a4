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

/** Where each stack is looked at unless a cloud is named: a site without a way out has a cluster of its own. */
const CLOUDS_OF: Readonly<Record<StackClass, readonly Cloud[]>> = {
  dev: CLOUDS,
  prod: CLOUDS,
  airgapped: ["existing"],
};

/** Nobody's registry, for a stack that has none set. */
const SITE = { airGap: JSON.stringify({ registry: "registry.example.com/kubeflow" }) };

/** Stacks on clouds, or where they are looked at as a rule. */
export function targetsOf(stacks: readonly StackClass[], clouds?: readonly Cloud[]): Target[] {
  return stacks.flatMap((stack) => (clouds ?? CLOUDS_OF[stack]).map((cloud) => ({ stack, cloud })));
}

/** The stack as a preview takes it. */
export function stackOptionsOf({ stack, cloud }: Target): StackOptions {
  return stack === "airgapped" ? { environment: "prod", cloud, standIns: SITE } : { environment: stack, cloud };
}

/** `prod on aws` */
export function nameOf({ stack, cloud }: Target): string {
  return `${stack} on ${cloud}`;
}
