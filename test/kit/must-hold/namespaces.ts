import { groupKind, type KubernetesObject } from "../../../components/kit/objects.ts";
import { OTHER_POD } from "../../../components/kubeflow/network/reachability.ts";
import { MADE_BY_SETTINGS, MANAGED_LABELS } from "../../../components/tenancy/labels.ts";
import { namespaceLabels, reaches } from "../../../components/kubeflow/network/reach.ts";

/** Kubernetes' own; the platform's node agent runs in kube-system, whose network is not the platform's to close. */
const OF_THE_CLUSTER = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);
const PROFILE_OWNER = "owner";

/**
 * Namespaces of the platform, and of the profiles that its settings make, in which a pod that no policy speaks of can be
 * connected to. Profiles that users make themselves are theirs.
 */
export function openNamespaces(objects: readonly KubernetesObject[]): string[] {
  const policies = objects.filter((object) => groupKind(object) === "NetworkPolicy.networking.k8s.io");
  return objects
    .filter((object) => groupKind(object) === "Namespace")
    .filter(({ metadata }) => !OF_THE_CLUSTER.has(metadata.name))
    .filter(
      ({ metadata: { annotations, labels } }) =>
        annotations?.[PROFILE_OWNER] === undefined || labels?.[MANAGED_LABELS.madeBy] === MADE_BY_SETTINGS,
    )
    .filter((namespace) => {
      const pod = { namespace: namespace.metadata.name, namespaceLabels: namespaceLabels(namespace), labels: {} };
      return reaches(policies, OTHER_POD, pod, { port: 65_535, protocol: "TCP" });
    })
    .map(({ metadata }) => metadata.name);
}
