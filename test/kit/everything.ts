import { textAt } from "../../components/kit/objects.ts";
import { ApiClient } from "../../rehearsal/providers/kubernetes/client.ts";
import { collectionPath, servedKinds } from "../../rehearsal/providers/kubernetes/discovery.ts";
import { objectsAt } from "../../rehearsal/providers/kubernetes/objects.ts";

/** What comes and goes without anybody's doing. */
const PASSING = new Set(["events", "componentstatuses"]);
const NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Every object of every kind that an API server knows, as `plural.group namespace/name`, sorted. */
export async function everythingIn(kubeconfig: string): Promise<string[]> {
  const client = await ApiClient.connect(kubeconfig);
  try {
    const kinds = (await servedKinds(client)).filter(({ plural }) => !PASSING.has(plural));
    const lists = await Promise.all(
      kinds.map(async (kind) => {
        const { body } = await client.request(collectionPath(kind), { accept: NAMES_ONLY });
        const type = [kind.plural, ...kind.root.split("/").slice(2, -1)].join(".");
        return objectsAt(body, "items").map((item) => {
          const namespace = textAt(item, "metadata", "namespace");
          return `${type} ${namespace === undefined ? "" : `${namespace}/`}${textAt(item, "metadata", "name")}`;
        });
      }),
    );
    return lists.flat().toSorted();
  } finally {
    await client.close();
  }
}
