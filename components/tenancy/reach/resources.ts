import { groupKind, type KubernetesObject, textAt } from "../../kit/objects.ts";
import { rulesIn } from "./rbac/rules.ts";

/** A resource as RBAC knows it; `resource` has its sub-resource after a slash. */
export interface Resource {
  readonly group: string;
  readonly resource: string;
}

/** Where objects are: in a namespace, or of the whole cluster. */
export type Scope = "namespace" | "cluster";

/** Resources of Kubernetes itself that are of the whole cluster, as `resource.group`; all others are in namespaces. */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  ...["namespaces", "nodes", "persistentvolumes", "componentstatuses", "users", "groups"],
  ...["clusterroles", "clusterrolebindings"].map((name) => `${name}.rbac.authorization.k8s.io`),
  ...["customresourcedefinitions.apiextensions.k8s.io", "apiservices.apiregistration.k8s.io"],
  ...[
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
  ].map((name) => `${name}.admissionregistration.k8s.io`),
  ...["storageclasses", "volumeattachments", "csidrivers", "csinodes", "volumeattributesclasses"].map(
    (name) => `${name}.storage.k8s.io`,
  ),
  ...["certificatesigningrequests", "signers", "clustertrustbundles"].map((name) => `${name}.certificates.k8s.io`),
  ...["flowschemas", "prioritylevelconfigurations"].map((name) => `${name}.flowcontrol.apiserver.k8s.io`),
  ...["priorityclasses.scheduling.k8s.io", "runtimeclasses.node.k8s.io", "ingressclasses.networking.k8s.io"],
  ...["servicecidrs", "ipaddresses"].map((name) => `${name}.networking.k8s.io`),
  ...["deviceclasses", "resourceslices"].map((name) => `${name}.resource.k8s.io`),
  "podsecuritypolicies.policy",
]);

/** Groups whose resources hold nothing: to create one is to ask a question. */
const QUESTIONS: ReadonlySet<string> = new Set(["authorization.k8s.io", "authentication.k8s.io"]);

/** Resources that have a power of their own, and are no objects like others. */
const OF_THEIR_OWN: ReadonlySet<string> = new Set(["secrets", "namespaces", "users", "groups"]);

const ALWAYS_THERE: readonly Resource[] = [
  ...["pods", "configmaps", "services", "persistentvolumeclaims", "serviceaccounts", "events"].map(core),
  ...["nodes", "persistentvolumes"].map(core),
];

/**
 * What an answer about "any object" of a scope goes through: what the CustomResourceDefinitions of a set define and what
 * its roles name, names included that only web services ask about.
 */
export function objectsOf(scope: Scope, objects: readonly KubernetesObject[]): Resource[] {
  const definitions = objects.filter((object) => groupKind(object) === "CustomResourceDefinition.apiextensions.k8s.io");
  const defined = definitions.map((definition) => ({
    group: textAt(definition, "spec", "group") ?? "",
    resource: textAt(definition, "spec", "names", "plural") ?? "",
    isOfCluster: textAt(definition, "spec", "scope") === "Cluster",
  }));
  const ofCluster = new Set([...OF_THE_CLUSTER, ...defined.filter((it) => it.isOfCluster).map(idOf)]);
  const isIn = (it: Resource) => ofCluster.has(idOf(mainOf(it))) === (scope === "cluster");
  const named = objects
    .filter((object) => /^(Cluster)?Role\.rbac\.authorization\.k8s\.io$/.test(groupKind(object)))
    .flatMap(rulesIn)
    .flatMap(({ groups, resources }) => groups.flatMap((group) => resources.map((resource) => ({ group, resource }))));
  const all = [...ALWAYS_THERE, ...defined, ...named]
    .filter(({ group, resource }) => group !== "*" && !resource.includes("*") && !QUESTIONS.has(group))
    .filter((it) => !OF_THEIR_OWN.has(idOf(mainOf(it))) && isIn(it));
  return [...new Map(all.map(({ group, resource }) => [`${group}/${resource}`, { group, resource }])).values()];
}

/** A resource written as `pods/exec` or `rolebindings.rbac.authorization.k8s.io`. */
export function resourceOf(text: string): Resource {
  const dot = text.indexOf(".");
  return dot < 0 ? core(text) : { group: text.slice(dot + 1), resource: text.slice(0, dot) };
}

/** The scope of a resource of Kubernetes itself. */
export function scopeOf(resource: Resource): Scope {
  return OF_THE_CLUSTER.has(idOf(mainOf(resource))) ? "cluster" : "namespace";
}

function core(resource: string): Resource {
  return { group: "", resource };
}

function idOf({ group, resource }: Resource): string {
  return group === "" ? resource : `${resource}.${group}`;
}

/** Without the sub-resource. */
function mainOf({ group, resource }: Resource): Resource {
  return { group, resource: resource.split("/")[0] ?? resource };
}
