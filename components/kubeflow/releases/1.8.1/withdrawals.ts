import type { Withdrawal } from "../../access/withdrawals.ts";

const CLUSTER_ROLE = "ClusterRole.rbac.authorization.k8s.io";
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];
const EDIT = `${CLUSTER_ROLE} kubeflow-kubernetes-edit`;

/** What v1.8.1 lets members of a profile do beyond their namespace, by objects within it. */
export const withdrawals181: readonly Withdrawal[] = [
  {
    role: `${CLUSTER_ROLE} kubeflow-istio-edit`,
    groups: ["istio.io", "networking.istio.io"],
    resources: ["*"],
    verbs: WRITE,
    because:
      "a VirtualService of any namespace can take the traffic of any host, of the gateway and of everybody's sidecars; Gateways and EnvoyFilters change the entrance. Controllers of the platform make those that users need",
  },
  {
    role: EDIT,
    groups: ["networking.k8s.io", "extensions"],
    resources: ["networkpolicies", "ingresses"],
    verbs: WRITE,
    because:
      "policies add up: one that allows everything undoes the profile's own; an Ingress opens a way past the gateway",
  },
  {
    role: EDIT,
    groups: [""],
    resources: ["endpoints"],
    verbs: WRITE,
    because: "a Service with endpoints of one's own has the API server and the gateway connect anywhere",
  },
  {
    role: EDIT,
    groups: [""],
    resources: ["serviceaccounts"],
    verbs: ["impersonate"],
    because: "who may start pods has what the accounts of the namespace may do; as another in the audit log",
  },
  {
    role: `${CLUSTER_ROLE} kubeflow-kubernetes-admin`,
    groups: ["rbac.authorization.k8s.io"],
    resources: ["rolebindings", "roles"],
    verbs: WRITE,
    because: "members are those of the settings; access management binds with an account of its own",
  },
  {
    role: `${CLUSTER_ROLE} aggregate-to-kubeflow-pipelines-view`,
    groups: ["kubeflow.org"],
    resources: ["viewers"],
    verbs: ["create", "delete"],
    keptBy: `${CLUSTER_ROLE} aggregate-to-kubeflow-pipelines-edit`,
    because: "a Viewer has pods of any kind started, with every Secret of the namespace, by who may only look",
  },
];
