import { type KubernetesObject, textAt } from "../../components/kit/objects.ts";
import { ApiClient } from "../../rehearsal/providers/kubernetes/client.ts";
import { itemId, listAll, type Listing } from "../../rehearsal/providers/kubernetes/discovery.ts";
import { objectsAt } from "../../rehearsal/providers/kubernetes/objects.ts";

/** What comes and goes without anybody's doing. */
const PASSING = new Set(["events", "componentstatuses"]);
const NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Every object of every kind that an API server knows, as `plural.group namespace/name`, sorted. */
export async function everythingIn(kubeconfig: string): Promise<string[]> {
  const lists = await listsOf(kubeconfig, NAMES_ONLY);
  return lists.flatMap((listing) => objectsAt(listing.body, "items").map((item) => itemId(listing, item))).toSorted();
}

/** Every object that an API server holds, whole, as it gives them back; those that it serves in two groups twice. */
export async function objectsIn(kubeconfig: string): Promise<KubernetesObject[]> {
  const lists = await listsOf(kubeconfig);
  return lists.flatMap(({ body }) => {
    const type = { apiVersion: textAt(body, "apiVersion"), kind: textAt(body, "kind")?.replace(/List$/, "") };
    return objectsAt(body, "items").map((item) => ({ ...item, ...type }) as unknown as KubernetesObject);
  });
}

async function listsOf(kubeconfig: string, accept?: string): Promise<Listing[]> {
  const client = await ApiClient.connect(kubeconfig);
  try {
    const isWanted = (plural: string) => !PASSING.has(plural);
    return await listAll(client, { isWanted, ...(accept === undefined ? {} : { accept }) });
  } finally {
    await client.close();
  }
}
