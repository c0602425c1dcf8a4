import type { Taint } from "../../../components/cluster/contract.ts";
import type { InstanceType } from "../../../components/cluster/sizing/catalogue.ts";
import { textAt } from "../../../components/kit/objects.ts";
import type { SimulatedNode } from "../../control-plane/index.ts";

/** The node that a machine becomes, as its pool declares it. */
export function nodeOf(
  { cpu, memory, gpu }: InstanceType,
  declared: Pick<SimulatedNode, "name" | "labels" | "taints"> & { readonly zone?: string | undefined },
): SimulatedNode {
  const { zone, ...rest } = declared;
  return {
    ...rest,
    cpu,
    memory: String(memory),
    ...(gpu === undefined ? {} : { gpus: gpu.count }),
    ...(zone === undefined ? {} : { zone }),
  };
}

/** Effects of taints as AWS and Google Cloud write them. */
const EFFECTS: Readonly<Record<string, Taint["effect"]>> = {
  NO_SCHEDULE: "NoSchedule",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
  NO_EXECUTE: "NoExecute",
};

/** A taint as any of the clouds is given it. */
export function taintOf(taint: unknown): Taint {
  const [key = "", value = "", effect = ""] = ["key", "value", "effect"].map((field) => textAt(taint, field));
  return { key, value, effect: EFFECTS[effect] ?? (effect as Taint["effect"]) };
}

/** An identifier in the form of a UUID. */
export function uuidOf({ hash }: { readonly hash: string }): string {
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
