import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../control-plane/client.ts";
import type { ConfigMap } from "./admission.ts";
import type { Deployment } from "./cluster.ts";
import {
  FINALIZER,
  namespaceOf,
  type Owned,
  ownedObjects,
  type Profile,
  refusal,
  withLabels,
} from "../../components/tenancy/profile-controller/objects.ts";
import {
  configMapsOf,
  LABELS_FILE,
  PROFILE_CONTROLLER,
  type ProfileSettings,
  profileSettings,
} from "../../components/tenancy/profile-controller/settings.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import { Store, type Stored } from "./store.ts";

/** A Profile as the API server has it. */
type StoredProfile = Profile & Stored;

const MANAGER = "fieldManager=manager";
const CONFLICT = 409;

/** Does what the profile controller does for each Profile: its Namespace and what belongs in it. */
export function standInForProfiles({ client, cluster, signal, log }: Context): void {
  const { readyDeployments } = cluster;
  const profiles = new Store<StoredProfile>("/apis/kubeflow.org/v1/profiles");
  void profiles.follow(client, signal);

  const configMap = async (deployment: Deployment, name: string | undefined): Promise<ConfigMap["data"]> => {
    const path = `/api/v1/namespaces/${deployment.metadata.namespace}/configmaps/${name}`;
    return (name === undefined ? undefined : await client.find<ConfigMap>(path))?.data ?? {};
  };
  const settingsOf = async (deployment: Deployment): Promise<ProfileSettings> => {
    const sources = configMapsOf(deployment);
    const environment = await configMap(deployment, sources.environment);
    const labels = (await configMap(deployment, sources.labels))?.[LABELS_FILE];
    return profileSettings(environment ?? {}, labels ?? "");
  };

  /** Whether the Profile has its Namespace now; a foreign one is told in its status. */
  const ensureNamespace = async (profile: StoredProfile, settings: ProfileSettings): Promise<boolean> => {
    const path = `/api/v1/namespaces/${profile.metadata.name}`;
    const namespace = await client.find<Stored>(path);
    if (namespace === undefined) {
      await client.create(`/api/v1/namespaces?${MANAGER}`, namespaceOf(profile, settings));
      return true;
    }
    const message = refusal(profile, namespace);
    if (message !== undefined) {
      await refuse(profile, message);
      return false;
    }
    const present = namespace.metadata.labels ?? {};
    const labels = withLabels(present, settings.namespaceLabels);
    if (!isDeepStrictEqual(labels, present)) {
      const removed = Object.keys(present).filter((key) => !(key in labels));
      const patch = { ...labels, ...Object.fromEntries(removed.map((key) => [key, null])) };
      await client.patch(`${path}?${MANAGER}`, "merge-patch", { metadata: { labels: patch } });
    }
    return true;
  };
  const refuse = async (profile: StoredProfile, message: string): Promise<void> => {
    const conditions = profile.status?.conditions ?? [];
    if (conditions.some((condition) => condition.message === message)) return;
    await client.patch(`${profiles.pathOf(profile)}/status?${MANAGER}`, "merge-patch", {
      status: { conditions: [...conditions, { type: "Failed", message }] },
    });
  };
  const ensure = async ({ path, object, kept }: Owned): Promise<void> => {
    const { name } = object.metadata;
    if (await isNew(client.create(`${path}?${MANAGER}`, object))) return;
    const found = await client.read<Record<string, unknown>>(`${path}/${name}`);
    const corrections = kept.filter((field) => !isDeepStrictEqual(found[field], object[field]));
    if (corrections.length === 0) return;
    const patch = Object.fromEntries(corrections.map((field) => [field, object[field]]));
    await client.patch(`${path}/${name}?${MANAGER}`, "merge-patch", patch);
  };
  const setFinalizer = async (profile: StoredProfile, isWanted: boolean): Promise<void> => {
    const { finalizers = [], resourceVersion } = profile.metadata;
    if (finalizers.includes(FINALIZER) === isWanted) return;
    const others = finalizers.filter((finalizer) => finalizer !== FINALIZER);
    await client.patch(`${profiles.pathOf(profile)}?${MANAGER}`, "merge-patch", {
      metadata: { resourceVersion, finalizers: isWanted ? [...others, FINALIZER] : others },
    });
  };

  /** How each Profile was when everything of it was there, by its name. */
  const settled = new Map<string, string>();

  reconcile({ name: "profiles", watches: [readyDeployments, profiles], signal, log }, async () => {
    const deployment = readyDeployments.get(PROFILE_CONTROLLER);
    if (deployment === undefined || profiles.values().length === 0) return;
    const settings = await settingsOf(deployment);
    await all(
      profiles.values().map(async (profile) => {
        if (profile.metadata.deletionTimestamp !== undefined) return setFinalizer(profile, false);
        const { name, uid, generation, finalizers } = profile.metadata;
        const wanted = JSON.stringify({ uid, generation, settings });
        if (settled.get(name) === wanted && finalizers?.includes(FINALIZER) === true) return;
        if (!(await ensureNamespace(profile, settings))) return;
        for (const owned of ownedObjects(profile, settings)) await ensure(owned);
        await setFinalizer(profile, true);
        settled.set(name, wanted);
      }),
    );
  });
}

/** Whether a creation made something new; false where it was there already. */
async function isNew(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === CONFLICT) return false;
    throw error;
  }
}
