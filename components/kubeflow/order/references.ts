import { groupKind, groupOf, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import type { Inventory } from "./inventory.ts";
import { meets } from "../../kit/selectors.ts";
import { containersOf, serviceAccountOf, type Workload, workloadOf } from "./workload.ts";

const PROFILE = "Profile.kubeflow.org";
const CERTIFICATE = "Certificate.cert-manager.io";
const ISSUERS = new Set(["Issuer.cert-manager.io", "ClusterIssuer.cert-manager.io"]);
/** cert-manager's own, `--cluster-resource-namespace`. */
const CLUSTER_RESOURCE_NAMESPACE = "cert-manager";
const RBAC = "rbac.authorization.k8s.io";
const CLUSTER_ROLE = `ClusterRole.${RBAC}`;

/** What the API server, or a pod that starts, looks for when `object` appears; only what the set itself holds. */
export function referencesOf(object: KubernetesObject, inventory: Inventory): readonly KubernetesObject[] {
  const workload = workloadOf(object);
  const found = [
    namespaceOf(object, inventory),
    inventory.definitionOf(object),
    ...(workload === undefined ? [] : podReferences(workload, inventory)),
    ...(groupOf(object.apiVersion) === RBAC ? bindingReferences(object, inventory) : []),
    ...aggregatedInto(object, inventory),
    scaledBy(object, inventory),
    issuerOf(object, inventory),
    authorityOf(object, inventory),
    injectedFrom(object, inventory),
  ];
  return found.filter((reference) => reference !== undefined && reference !== object) as KubernetesObject[];
}

function namespaceOf(object: KubernetesObject, inventory: Inventory): KubernetesObject | undefined {
  const { namespace } = object.metadata;
  if (namespace === undefined) return undefined;
  // A Profile's namespace is made by its controller.
  return inventory.find("Namespace", undefined, namespace) ?? inventory.find(PROFILE, undefined, namespace);
}

/** ServiceAccount and its bindings, configuration, secrets, volumes and priority of a pod. */
function podReferences(workload: Workload, inventory: Inventory): (KubernetesObject | undefined)[] {
  const { namespace, podSpec } = workload;
  const configMap = (name: string | undefined) => name && inventory.find("ConfigMap", namespace, name);
  const secret = (name: string | undefined) => name && secretOrCertificate(namespace, name, inventory);
  const claim = (name: string | undefined) => name && inventory.find("PersistentVolumeClaim", namespace, name);
  const volumes = listAt(podSpec, "volumes").flatMap((volume) => [
    configMap(textAt(volume, "configMap", "name")),
    secret(textAt(volume, "secret", "secretName")),
    claim(textAt(volume, "persistentVolumeClaim", "claimName")),
    ...listAt(volume, "projected", "sources").flatMap((source) => [
      configMap(textAt(source, "configMap", "name")),
      secret(textAt(source, "secret", "name")),
    ]),
  ]);
  const environment = containersOf(podSpec).flatMap((container) => [
    ...listAt(container, "env").flatMap((variable) => [
      configMap(textAt(variable, "valueFrom", "configMapKeyRef", "name")),
      secret(textAt(variable, "valueFrom", "secretKeyRef", "name")),
    ]),
    ...listAt(container, "envFrom").flatMap((from) => [
      configMap(textAt(from, "configMapRef", "name")),
      secret(textAt(from, "secretRef", "name")),
    ]),
  ]);
  const pullSecrets = listAt(podSpec, "imagePullSecrets").map((from) => secret(textAt(from, "name")));
  const priority = textAt(podSpec, "priorityClassName");
  const account = serviceAccountOf(workload);
  return [
    ...[...volumes, ...environment, ...pullSecrets].map((reference) => (reference === "" ? undefined : reference)),
    priority === undefined ? undefined : inventory.find("PriorityClass.scheduling.k8s.io", undefined, priority),
    inventory.find("ServiceAccount", namespace, account),
    ...bindingsOf(namespace, account, inventory),
  ];
}

function secretOrCertificate(namespace: string, name: string, inventory: Inventory): KubernetesObject | undefined {
  const isIssued = (certificate: KubernetesObject) =>
    certificate.metadata.namespace === namespace && textAt(certificate, "spec", "secretName") === name;
  return inventory.ofKind(CERTIFICATE).find(isIssued) ?? inventory.find("Secret", namespace, name);
}

/** The bindings that give a ServiceAccount its rights: a controller that starts without them ends in errors. */
function bindingsOf(namespace: string, account: string, inventory: Inventory): readonly KubernetesObject[] {
  const bindings = [...inventory.ofKind(`RoleBinding.${RBAC}`), ...inventory.ofKind(`ClusterRoleBinding.${RBAC}`)];
  return bindings.filter((binding) =>
    listAt(binding, "subjects").some(
      (subject) =>
        textAt(subject, "kind") === "ServiceAccount" &&
        textAt(subject, "name") === account &&
        (textAt(subject, "namespace") ?? binding.metadata.namespace) === namespace,
    ),
  );
}

/** A binding is refused to an installer with limited rights while its role is missing. */
function bindingReferences(binding: KubernetesObject, inventory: Inventory): (KubernetesObject | undefined)[] {
  const kind = textAt(binding, "roleRef", "kind");
  const name = textAt(binding, "roleRef", "name");
  if (kind === undefined || name === undefined) return [];
  const namespace = kind === "Role" ? binding.metadata.namespace : undefined;
  return [inventory.find(`${kind}.${RBAC}`, namespace, name)];
}

/**
 * The ClusterRoles that an aggregating one collects. It grants nothing before them; and it must be deleted first, for
 * the controller that collects applies what changed, which makes a role anew that was deleted meanwhile.
 */
function aggregatedInto(role: KubernetesObject, inventory: Inventory): readonly KubernetesObject[] {
  if (groupKind(role) !== CLUSTER_ROLE) return [];
  const selectors = listAt(role, "aggregationRule", "clusterRoleSelectors");
  if (selectors.length === 0) return [];
  return inventory
    .ofKind(CLUSTER_ROLE)
    .filter(({ metadata }) => selectors.some((selector) => meets(metadata.labels ?? {}, selector)));
}

function scaledBy(object: KubernetesObject, inventory: Inventory): KubernetesObject | undefined {
  const kind = textAt(object, "spec", "scaleTargetRef", "kind");
  const group = groupOf(textAt(object, "spec", "scaleTargetRef", "apiVersion") ?? "");
  const name = textAt(object, "spec", "scaleTargetRef", "name");
  if (kind === undefined || name === undefined) return undefined;
  return inventory.find(group === "" ? kind : `${kind}.${group}`, object.metadata.namespace, name);
}

function issuerOf(object: KubernetesObject, inventory: Inventory): KubernetesObject | undefined {
  if (groupKind(object) !== CERTIFICATE) return undefined;
  const kind = textAt(object, "spec", "issuerRef", "kind") ?? "Issuer";
  const namespace = kind === "ClusterIssuer" ? undefined : object.metadata.namespace;
  return inventory.find(`${kind}.cert-manager.io`, namespace, textAt(object, "spec", "issuerRef", "name") ?? "");
}

/** The Certificate that an issuing authority signs with; cert-manager keeps a cluster-wide one's in its own namespace. */
function authorityOf(object: KubernetesObject, inventory: Inventory): KubernetesObject | undefined {
  const secret = textAt(object, "spec", "ca", "secretName");
  if (secret === undefined || !ISSUERS.has(groupKind(object))) return undefined;
  return inventory
    .ofKind(CERTIFICATE)
    .find(
      (certificate) =>
        textAt(certificate, "spec", "secretName") === secret &&
        (object.metadata.namespace ?? CLUSTER_RESOURCE_NAMESPACE) === certificate.metadata.namespace,
    );
}

/** The Certificate whose authority cert-manager writes into a webhook; a CRD is served without it. */
function injectedFrom(object: KubernetesObject, inventory: Inventory): KubernetesObject | undefined {
  if (groupOf(object.apiVersion) !== "admissionregistration.k8s.io") return undefined;
  const [namespace, name] = (object.metadata.annotations?.["cert-manager.io/inject-ca-from"] ?? "").split("/");
  return name === undefined ? undefined : inventory.find(CERTIFICATE, namespace, name);
}
