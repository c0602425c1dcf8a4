import { describeOutliving } from "../deployment/outliving.ts";
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
    /** Kinds that the engine leaves for the sake of their objects, removed afterwards. */
    readonly kinds: number;
    /** Of controllers, removed afterwards. */
    readonly leftovers: number;
  };
  /** What holds data and stays. */
  readonly retained: Destruction["remains"];
  /** Of a cloud, where the cluster went with the stack: claims of volumes, types of what else stays. */
  readonly outliving?: { readonly volumes: readonly string[]; readonly resources: readonly string[] };
  readonly seconds: number;
}

export function summaryOfDestruction(
  { controlPlane, result, kinds, leftovers, remains, outliving }: Destruction,
  seconds: number,
): DestructionSummary {
  return {
    ok: result.failures.length === 0,
    name: controlPlane.name,
    kubernetes: controlPlane.version,
    objects: { deleted: result.objects.deleted, kinds, leftovers },
    retained: remains,
    ...(outliving && {
      outliving: {
        volumes: outliving.volumes.map(({ claim }) => claim),
        resources: outliving.resources.map(({ type }) => type),
      },
    }),
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** The end of a destroy, for people. */
export function destructionTold(destruction: Destruction, seconds: number): string {
  const { controlPlane, result, kinds, leftovers, remains, outliving } = destruction;
  const { name } = controlPlane;
  const failures = failuresByCause(result.failures);
  const count = `${result.objects.deleted + kinds} objects deleted, and ${leftovers} that controllers had left; ${seconds} s`;
  if (failures.length > 0) return [...failures, count].join("\n");
  if (outliving !== undefined) return `${count}\n${describeOutliving(outliving, outliving.place)}`;
  const rest =
    remains.namespaces.length === 0
      ? `Nothing is left of it. Remove the control plane: npm run rehearse -- down ${name}`
      : describeRemains(remains, `npm run rehearse -- destroy ${name} --delete-data`);
  return `${count}\n${rest}`;
}
