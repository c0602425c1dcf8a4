import { KubeConfig, KubernetesObjectApi, type KubernetesObject as Live } from "@kubernetes/client-node";
import { type KubernetesObject, objectId } from "../../components/kit/objects.ts";

/** The live objects of every kind in `like`, by id. */
export async function liveObjects(
  kubeconfig: string,
  like: readonly KubernetesObject[],
): Promise<Map<string, KubernetesObject>> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = KubernetesObjectApi.makeApiClient(config);
  const kinds = new Map(like.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]));
  const live = new Map<string, KubernetesObject>();
  for (const { apiVersion, kind } of kinds.values()) {
    const { items } = await api.list<Live>(apiVersion, kind);
    for (const item of items) {
      const object = { ...item, apiVersion, kind } as unknown as KubernetesObject;
      live.set(objectId(object), object);
    }
  }
  return live;
}

/** resourceVersion by id. */
export function versionsOf(objects: ReadonlyMap<string, KubernetesObject>): Map<string, unknown> {
  return new Map([...objects].map(([id, { metadata }]) => [id, metadata["resourceVersion"]]));
}
