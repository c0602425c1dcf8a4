import type { KubernetesObject } from "../../kit/objects.ts";
import type { ProfileSettings } from "./settings.ts";

/** kubeflow.org/v1 Profile. */
export interface Profile {
  /** Before it is applied a Profile has no uid. */
  readonly metadata: { readonly name: string; readonly uid?: string };
  readonly spec: {
    readonly owner: { readonly kind: string; readonly name: string; readonly apiGroup?: string };
    readonly resourceQuotaSpec?: { readonly hard?: Readonly<Record<string, string>> };
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly message?: string }[] };
}

/** An object that a Profile owns, with what the controller keeps as it wants it. */
export interface Owned {
  /** Path of its kind in the namespace. */
  readonly path: string;
  readonly object: KubernetesObject & { readonly metadata: { readonly namespace: string } };
  /** The fields it corrects when they differ; all else it leaves to others. */
  readonly kept: readonly string[];
}

export const FINALIZER = "profile-finalizer";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ISTIO_SECURITY = "/apis/security.istio.io/v1beta1";

/** The Namespace of a Profile that has none yet. */
export function namespaceOf(profile: Profile, { namespaceLabels }: ProfileSettings): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: profile.metadata.name,
      annotations: { owner: profile.spec.owner.name },
      labels: withLabels({ "istio-injection": "enabled" }, namespaceLabels),
      ownerReferences: ownersOf(profile),
    },
  };
}

/** The labels with the file's added: one that is there keeps its value, one the file leaves empty goes. */
export function withLabels(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const removed = Object.keys(added).filter((key) => added[key] === "");
  return Object.fromEntries(Object.entries({ ...added, ...present }).filter(([key]) => !removed.includes(key)));
}

/** Why the controller refuses a Namespace that was there before, undefined when it takes it. */
export function refusal(
  profile: Profile,
  namespace: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } },
): string | undefined {
  const { name } = profile.spec.owner;
  return namespace.metadata.annotations?.["owner"] === name
    ? undefined
    : `namespace already exist, but not owned by profile creator ${name}`;
}

/** What the controller creates in the Namespace, in its order. */
export function ownedObjects(profile: Profile, settings: ProfileSettings): Owned[] {
  const { owner, resourceQuotaSpec } = profile.spec;
  const namespace = profile.metadata.name;
  const ownerReferences = ownersOf(profile);
  const asAdmin = { user: owner.name, role: "admin" };
  const serviceAccount = (name: string, role: string): Owned[] => [
    {
      path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
      object: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, ownerReferences } },
      kept: [],
    },
    roleBinding({ name, namespace, ownerReferences }, role, { kind: "ServiceAccount", name, namespace }),
  ];
  return [
    {
      path: `${ISTIO_SECURITY}/namespaces/${namespace}/authorizationpolicies`,
      object: {
        apiVersion: "security.istio.io/v1beta1",
        kind: "AuthorizationPolicy",
        metadata: { name: "ns-owner-access-istio", namespace, annotations: asAdmin, ownerReferences },
        spec: { rules: accessRules(profile, settings) },
      },
      kept: ["spec"],
    },
    ...serviceAccount("default-editor", "kubeflow-edit"),
    ...serviceAccount("default-viewer", "kubeflow-view"),
    roleBinding({ name: "namespaceAdmin", namespace, annotations: asAdmin, ownerReferences }, "kubeflow-admin", owner),
    ...(Object.keys(resourceQuotaSpec?.hard ?? {}).length === 0
      ? []
      : [
          {
            path: `/api/v1/namespaces/${namespace}/resourcequotas`,
            object: {
              apiVersion: "v1",
              kind: "ResourceQuota",
              metadata: { name: "kf-resource-quota", namespace, ownerReferences },
              spec: resourceQuotaSpec,
            },
            kept: ["spec"],
          },
        ]),
  ];
}

/**
 * Access for the owner through the gateway, for the namespace's own pods, for probes and for the notebook
 * controller's idle check.
 */
function accessRules(profile: Profile, settings: ProfileSettings): object[] {
  const { ingressPrincipal, pipelinesPrincipal, notebooksPrincipal, userIdHeader, userIdPrefix } = settings;
  const user = `${userIdPrefix}${profile.spec.owner.name}`;
  return [
    {
      from: [{ source: { principals: [ingressPrincipal, pipelinesPrincipal] } }],
      when: [{ key: `request.headers[${userIdHeader}]`, values: [user] }],
    },
    { when: [{ key: "source.namespace", values: [profile.metadata.name] }] },
    { to: [{ operation: { paths: ["/healthz", "/metrics", "/wait-for-drain"] } }] },
    {
      from: [{ source: { principals: [notebooksPrincipal] } }],
      to: [{ operation: { methods: ["GET"], paths: ["*/api/kernels"] } }],
    },
  ];
}

function roleBinding(
  metadata: Owned["object"]["metadata"],
  role: string,
  subject: Profile["spec"]["owner"] & { readonly namespace?: string },
): Owned {
  return {
    path: `${RBAC}/namespaces/${metadata.namespace}/rolebindings`,
    object: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [subject.kind === "ServiceAccount" ? subject : { apiGroup: "rbac.authorization.k8s.io", ...subject }],
    },
    kept: ["subjects"],
  };
}

/** None for a Profile that is not applied yet. */
function ownersOf({ metadata: { name, uid } }: Profile): object[] {
  if (uid === undefined) return [];
  return [{ apiVersion: "kubeflow.org/v1", kind: "Profile", name, uid, controller: true, blockOwnerDeletion: true }];
}
