import { ApiException, KubeConfig, KubernetesObjectApi, type V1Status } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../components/kit/objects.ts";

/** A kubeconfig that acts as another user, or as itself. */
export function configAs(kubeconfig: string, user?: string, groups: readonly string[] = []): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (user !== undefined) {
    config.users = config.users.map((it) => ({ ...it, impersonateUser: user, impersonateGroups: [...groups] }));
  }
  return config;
}

/** Why the API server refuses to create an object, without keeping it; undefined where it admits it. */
export async function refusalOf(config: KubeConfig, object: KubernetesObject): Promise<string | undefined> {
  return reasonOf(() => KubernetesObjectApi.makeApiClient(config).create(object, undefined, "All"));
}

/** Why an action is refused: the words of the API server. Throws what is no refusal. */
export async function reasonOf(action: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiException) || ![403, 422].includes(error.code)) throw error;
    return (JSON.parse(String(error.body)) as V1Status).message ?? String(error.code);
  }
}
