import { textAt } from "../components/kit/objects.ts";
import { HOLDS_DATA } from "../components/kubeflow/removal.ts";
import type { ApiClient } from "../rehearsal/providers/kubernetes/client.ts";
import { servedKinds } from "../rehearsal/providers/kubernetes/discovery.ts";
import { objectsAt } from "../rehearsal/providers/kubernetes/objects.ts";
import { type Collection, type Found, objectsOf, sweep, type SweepOptions } from "./sweep.ts";

/** What a destroy leaves in a cluster because it holds data. */
export interface Remains {
  readonly namespaces: readonly string[];
  /** Every claim in these namespaces, whoever made it. */
  readonly claims: readonly RemainingClaim[];
}

export interface RemainingClaim {
  readonly namespace: string;
  readonly name: string;
  /** As Kubernetes writes it: `20Gi`. */
  readonly size: string;
  /** Name of the PersistentVolume; undefined while none is bound. */
  readonly volume: string | undefined;
}

const CLAIMS = "persistentvolumeclaims";
const NAMESPACES: Collection = { root: "/api/v1", plural: "namespaces" };
const DEFINITIONS: Collection = { root: "/apis/apiextensions.k8s.io/v1", plural: "customresourcedefinitions" };
const VOLUMES: Collection = { root: "/api/v1", plural: "persistentvolumes" };
/** What the cluster itself puts into every namespace and makes anew; events end by themselves. */
const OF_EVERY_NAMESPACE = /^(configmaps kube-root-ca\.crt|serviceaccounts default|events .*)$/;
/**
 * What the platform's controllers make for themselves outside its namespaces: istiod hands its authority to every
 * namespace, and cert-manager's leaders are elected in kube-system.
 */
const ELSEWHERE: readonly (Collection & { readonly names: RegExp })[] = [
  { root: "/api/v1", plural: "configmaps", selector: "istio.io/config=true", names: /^istio-ca-root-cert$/ },
  {
    root: "/apis/coordination.k8s.io/v1",
    plural: "leases",
    namespace: "kube-system",
    names: /^cert-manager-(controller|cainjector-leader-election(-core)?)$/,
  },
];

/** Asks the cluster for the namespaces that carry the label {@link HOLDS_DATA}, and for the claims in them. */
export async function remainsIn(client: ApiClient): Promise<Remains> {
  const holding = await objectsOf(client, { ...NAMESPACES, selector: `${HOLDS_DATA}=true` });
  const namespaces = holding.map(({ name }) => name).toSorted();
  const lists = await Promise.all(namespaces.map((name) => client.request(`/api/v1/namespaces/${name}/${CLAIMS}`)));
  const claims = lists.flatMap(({ body }) =>
    objectsAt(body, "items").map((claim) => ({
      namespace: textAt(claim, "metadata", "namespace") ?? "",
      name: textAt(claim, "metadata", "name") ?? "",
      size:
        textAt(claim, "status", "capacity", "storage") ??
        textAt(claim, "spec", "resources", "requests", "storage") ??
        "",
      volume: textAt(claim, "spec", "volumeName"),
    })),
  );
  return { namespaces, claims };
}

/**
 * Deletes what the platform's controllers have left: in the namespaces that remain all but the claims, as the
 * namespaces' own deletion would, and elsewhere what is known of them. Returns how many objects that were.
 * Throws UserError naming what does not go.
 */
export async function removeLeftovers(client: ApiClient, remains: Remains, options: SweepOptions): Promise<number> {
  const kinds = (await servedKinds(client)).filter(
    ({ namespaced, plural, verbs }) => namespaced && plural !== CLAIMS && verbs.includes("delete"),
  );
  const within = kinds.flatMap((kind) => remains.namespaces.map((namespace) => ({ ...kind, namespace })));
  const isLeft = ({ plural, name }: Found) => !OF_EVERY_NAMESPACE.test(`${plural} ${name}`);
  return sweep(client, options, async () => {
    const inside = await Promise.all(within.map((collection) => objectsOf(client, collection)));
    const outside = await Promise.all(
      ELSEWHERE.map(async ({ names, ...collection }) =>
        (await objectsOf(client, collection)).filter(({ name }) => names.test(name)),
      ),
    );
    return [...inside.flat().filter(isLeft), ...outside.flat()];
  });
}

/**
 * Deletes the kinds that carry the label {@link HOLDS_DATA}, with every object of theirs: without the platform nothing
 * works with these. Returns how many kinds that were. Throws UserError naming what does not go.
 */
export async function removeKinds(client: ApiClient, options: SweepOptions): Promise<number> {
  return sweep(client, options, () => objectsOf(client, { ...DEFINITIONS, selector: `${HOLDS_DATA}=true` }));
}

/**
 * Deletes the namespaces that remain with everything in them, and waits for the volumes that go with their claims.
 * Returns the volumes whose reclaim policy keeps them. Throws UserError naming what does not go.
 */
export async function deleteData(
  client: ApiClient,
  { namespaces, claims }: Remains,
  options: SweepOptions,
): Promise<readonly string[]> {
  const used = claims.map(({ volume }) => volume);
  const { body } = await client.request("/api/v1/persistentvolumes");
  const volumes = objectsAt(body, "items")
    .map((volume) => ({
      name: textAt(volume, "metadata", "name") ?? "",
      isKept: textAt(volume, "spec", "persistentVolumeReclaimPolicy") !== "Delete",
    }))
    .filter(({ name }) => used.includes(name));
  const going = volumes.filter(({ isKept }) => !isKept).map(({ name }) => name);
  await sweep(client, options, async () => [
    ...(await objectsOf(client, NAMESPACES)).filter(({ name }) => namespaces.includes(name)),
    // Not deleted here: whoever has provisioned a volume removes it, and the disk behind it.
    ...(await objectsOf(client, VOLUMES))
      .filter(({ name }) => going.includes(name))
      .map((volume) => ({ ...volume, isLeaving: true })),
  ]);
  return volumes.filter(({ isKept }) => isKept).map(({ name }) => name);
}

/** What remains, for people, with the command that removes it. */
export function describeRemains({ namespaces, claims }: Remains, command: string): string {
  const lines = claims.map(({ namespace, name, size, volume }) =>
    `  ${namespace}/${name}  ${size}  ${volume ?? "no volume yet"}`.trimEnd(),
  );
  return [
    `Retained, because they hold data: ${claims.length} volume claims and their namespaces, ${namespaces.join(" and ")}.`,
    ...lines,
    "The next installation uses them again. To delete them, with all data:",
    `  ${command}`,
    `  or: kubectl delete namespace ${namespaces.join(" ")}`,
  ].join("\n");
}
