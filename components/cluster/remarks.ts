import * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan } from "./contract.ts";
import { deviationText } from "./deviations.ts";

/** Tells in every preview and run what a plan does not do as asked, and what somebody should know of it. */
export async function announce({ deviations, warnings }: ClusterPlan): Promise<void> {
  for (const line of [...deviations.map(deviationText), ...warnings]) await pulumi.log.warn(line);
}
