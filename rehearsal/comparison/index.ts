import { textAt } from "../../components/kit/objects.ts";
import { attach } from "../control-plane/index.ts";
import { ApiClient } from "../providers/kubernetes/client.ts";
import { itemId, listAll } from "../providers/kubernetes/discovery.ts";
import { objectsAt } from "../providers/kubernetes/objects.ts";
import { type Contents, type Difference, differencesOf } from "./difference.ts";
import { isCompared, isKindCompared, normalForm } from "./normal-form.ts";

export type { Difference } from "./difference.ts";

/** How two kept control planes differ. */
export interface Comparison {
  /** Objects that were compared: those that either has. */
  readonly objects: number;
  readonly differences: readonly Difference[];
}

/** Compares all that two kept control planes hold, object by object. Throws UserError where one is not kept. */
export async function compare(first: string, second: string): Promise<Comparison> {
  const [one, other] = await Promise.all(
    [first, second].map(async (name) => contentsOf((await attach(name)).kubeconfig)),
  );
  if (one === undefined || other === undefined) throw new RangeError("two control planes are compared");
  return {
    objects: new Set([...one.keys(), ...other.keys()]).size,
    differences: differencesOf(one, other),
  };
}

/** Asks an API server for every kind that it serves. */
export async function contentsOf(kubeconfig: string): Promise<Contents> {
  const client = await ApiClient.connect(kubeconfig);
  try {
    const objects = (await listAll(client, { isWanted: isKindCompared })).flatMap((listing) => {
      const kind = textAt(listing.body, "kind")?.replace(/List$/, "") ?? "";
      return objectsAt(listing.body, "items").map(
        (item) => [itemId(listing, item), normalForm({ kind, ...item })] as const,
      );
    });
    return new Map(objects.filter(([object]) => isCompared(object)));
  } finally {
    await client.close();
  }
}

const FIELDS_TOLD = 5;

/** A comparison for people: a line a difference. */
export function comparisonTold({ objects, differences }: Comparison, first: string, second: string): string {
  const names = { first, second };
  const lines = differences.map(({ object, found }) => {
    if ("onlyIn" in found) return `${object}: only in ${names[found.onlyIn]}`;
    const more = found.fields.length > FIELDS_TOLD ? ` and ${found.fields.length - FIELDS_TOLD} more` : "";
    return `${object}: ${found.fields.slice(0, FIELDS_TOLD).join(", ")}${more}`;
  });
  return [...lines, `${objects} objects compared, ${differences.length} differ`].join("\n");
}
