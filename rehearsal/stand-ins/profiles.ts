import { isDeepStrictEqual } from "node:util";
import { load } from "js-yaml";
import type { ConfigMap } from "./admission.ts";
import type { Deployment } from "./cluster.ts";
import {
  FINALIZER,
  namespaceOf,
  type Owned,
  ownedObjects,
  type Profile,
  type ProfileSettings,
  refusal,
  withLabels,
} from "./profile-objects.ts";
import { all, reconcile } from "./reconcile.ts";
import type { Context } from "./stand-in.ts";
import { Store, type Stored } from "./store.ts";

const DEPLOYMENT = "kubeflow/profiles-deployment";
const CONTAINER = "manager";
const LABELS_VOLUME = "namespace-labels";
const LABELS_FILE = "namespace-labels.yaml";
const MANAGER = "fieldManager=manager";

/** Does what the profile controller does for each Profile: its Namespace and what belongs in it. */
export function standInForProfiles({ client, cluster, signal, log }: Context): void {
  const { readyDeployments } = cluster;
  const profiles = new Store<Profile>("/apis/kubeflow.org/v1/profiles");
  void profiles.follow(client, signal);

  const configMap = async (deployment: Deployment, name: string | undefined): Promise<ConfigMap["data"]> => {
    const path = `/api/v1/namespaces/${deployment.metadata.namespace}/configmaps/${name}`;
    return (name === undefined ? undefined : await client.find<ConfigMap>(path))?.data ?? {};
  };
  const settingsOf = async (deployment: Deployment): Promise<ProfileSettings> => {
    const pod = deployment.spec.template.spec;
    const volume = pod?.volumes?.find(({ name }) => name === LABELS_VOLUME);
    const container = pod?.containers.find(({ name }) => name === CONTAINER);
    const environment = await configMap(deployment, container?.envFrom?.[0]?.configMapRef?.name);
    const labels = (await configMap(deployment, volume?.configMap?.name))?.[LABELS_FILE];
    return profileSettings(environment ?? {}, labels ?? "");
  };

  /** Whether the Profile has its Namespace now; a foreign one is told in its status. */
  const ensureNamespace = async (profile: Profile, settings: ProfileSettings): Promise<boolean> => {
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
  const refuse = async (profile: Profile, message: string): Promise<void> => {
    const conditions = profile.status?.conditions ?? [];
    if (conditions.some((condition) => condition.message === message)) return;
    await client.patch(`${profiles.pathOf(profile)}/status?${MANAGER}`, "merge-patch", {
      status: { conditions: [...conditions, { type: "Failed", message }] },
    });
  };
  const ensure = async ({ path, object, kept }: Owned): Promise<void> => {
    const { name } = object.metadata;
    const found = await client.find<Record<string, unknown>>(`${path}/${name}`);
    if (found === undefined) return client.create(`${path}?${MANAGER}`, object);
    const corrections = kept.filter((field) => !isDeepStrictEqual(found[field], object[field]));
    if (corrections.length === 0) return;
    const patch = Object.fromEntries(corrections.map((field) => [field, object[field]]));
    await client.patch(`${path}/${name}?${MANAGER}`, "merge-patch", patch);
  };
  const setFinalizer = async (profile: Profile, isWanted: boolean): Promise<void> => {
    const { finalizers = [], resourceVersion } = profile.metadata;
    if (finalizers.includes(FINALIZER) === isWanted) return;
    const others = finalizers.filter((finalizer) => finalizer !== FINALIZER);
    await client.patch(`${profiles.pathOf(profile)}?${MANAGER}`, "merge-patch", {
      metadata: { resourceVersion, finalizers: isWanted ? [...others, FINALIZER] : others },
    });
  };

  reconcile({ name: "profiles", watches: [readyDeployments, profiles], signal, log }, async () => {
    const deployment = readyDeployments.get(DEPLOYMENT);
    if (deployment === undefined || profiles.values().length === 0) return;
    const settings = await settingsOf(deployment);
    await all(
      profiles.values().map(async (profile) => {
        if (profile.metadata.deletionTimestamp !== undefined) return setFinalizer(profile, false);
        if (!(await ensureNamespace(profile, settings))) return;
        for (const owned of ownedObjects(profile, settings)) await ensure(owned);
        await setFinalizer(profile, true);
      }),
    );
  });
}

/**
 * The controller's settings from its environment, with the defaults of its code, and from its file of labels (YAML).
 */
export function profileSettings(environment: Readonly<Record<string, string>>, labels: string): ProfileSettings {
  const principal = (variable: string, account: string): string =>
    environment[variable] ?? `cluster.local/ns/${account}`;
  return {
    userIdHeader: environment["USERID_HEADER"] ?? "x-goog-authenticated-user-email",
    userIdPrefix: environment["USERID_PREFIX"] ?? "",
    ingressPrincipal: principal(
      "ISTIO_INGRESS_GATEWAY_PRINCIPAL",
      "istio-system/sa/istio-ingressgateway-service-account",
    ),
    pipelinesPrincipal: principal("KFP_UI_PRINCIPAL", "kubeflow/sa/ml-pipeline-ui"),
    notebooksPrincipal: principal("NOTEBOOK_CONTROLLER_PRINCIPAL", "kubeflow/sa/notebook-controller-service-account"),
    namespaceLabels: (load(labels) ?? {}) as Record<string, string>,
  };
}
