import { describeRemains } from "../deployment/remains.ts";
import type { Destruction } from "./destroy.ts";
import { failuresByCause } from "./report.ts";

/** The last line of `destroy --json`. */
export interface DestructionSummary {
  readonly ok: boolean;
  readonly name: string;
  readonly kubernetes: string;
  readonly objects: {
    /** By the engine. */
    readonly deleted: number;
    /** Of controllers, removed afterwards. */
    readonly leftovers: number;
  };
  /** What holds data and stays. */
  readonly retained: Destruction["remains"];
  readonly seconds: number;
}

export function summaryOfDestruction(
  { controlPlane, result, leftovers, remains }: Destruction,
  seconds: number,
): DestructionSummary {
  return {
    ok: result.failures.length === 0,
    name: controlPlane.name,
    kubernetes: controlPlane.version,
    objects: { deleted: result.objects.deleted, leftovers },
    retained: remains,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** The end of a destroy, for people. */
export function destructionTold({ controlPlane, result, leftovers, remains }: Destruction, seconds: number): string {
  const { name } = controlPlane;
  const failures = failuresByCause(result.failures);
  const count = `${result.objects.deleted} objects deleted, and ${leftovers} that controllers had left; ${seconds} s`;
  if (failures.length > 0) return [...failures, count].join("\n");
  const rest =
    remains.namespaces.length === 0
      ? `Nothing is left of it. Remove the control plane: npm run rehearse -- down ${name}`
      : describeRemains(remains, `npm run rehearse -- destroy ${name} --delete-data`);
  return `${count}\n${rest}`;
}
