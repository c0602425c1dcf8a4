import type { ReleaseDefinition } from "../index.ts";
import { components181, dashboardLinks181 } from "./components.ts";
import { credentials181 } from "./credentials.ts";
import { entrance181, signOn181 } from "./entrance.ts";
import { traffic181 } from "./flows.ts";
import { images181 } from "./images.ts";
import { namespaces181 } from "./namespaces.ts";
import { outside181 } from "./outside.ts";
import { privileges181 } from "./privileges/index.ts";
import { profilePods181 } from "./profile-pods.ts";
import { services181 } from "./services.ts";
import { sizing181 } from "./sizing/index.ts";
import { users181 } from "./users.ts";
import { withdrawals181 } from "./withdrawals.ts";

/** Kubeflow v1.8.1, tagged 2024-03-04. */
export const release181 = {
  version: "1.8.1",
  repository: "https://github.com/kubeflow/manifests",
  commit: "a925b2968e68f3085092adc04e9af39d4f5045f3",
  tree: "d4e40f0b42054436a77b80a28734380ba4ad35c0",
  archive: "kubeflow-manifests-v1.8.1.tar.gz",
  kustomization: "example",
  lock: new URL("./lock.json", import.meta.url),
  extras: {
    "istio-cni": {
      kustomization: "common/istio-cni-1-17/istio-install/base",
      // All that it says anew; the rest is common/istio-1-17 again, in part without its namespace.
      objects: [
        "ServiceAccount kube-system/istio-cni",
        "ClusterRole.rbac.authorization.k8s.io istio-cni",
        "ClusterRole.rbac.authorization.k8s.io istio-cni-repair-role",
        "ClusterRoleBinding.rbac.authorization.k8s.io istio-cni",
        "ClusterRoleBinding.rbac.authorization.k8s.io istio-cni-repair-rolebinding",
        "ConfigMap kube-system/istio-cni-config",
        "DaemonSet.apps kube-system/istio-cni-node",
        "ConfigMap istio-system/istio-sidecar-injector",
      ],
      lock: new URL("./lock-istio-cni.json", import.meta.url),
    },
    "training-operator-1.8.0": {
      kustomization: "apps/training-operator-1.8.0/overlays/kubeflow",
      objects: [
        ...["mpi", "mx", "paddle", "pytorch", "tf", "xgboost"].map(
          (kind) => `CustomResourceDefinition.apiextensions.k8s.io ${kind}jobs.kubeflow.org`,
        ),
        "ServiceAccount kubeflow/training-operator",
        ...["kubeflow-training-admin", "kubeflow-training-edit", "kubeflow-training-view", "training-operator"].map(
          (name) => `ClusterRole.rbac.authorization.k8s.io ${name}`,
        ),
        "ClusterRoleBinding.rbac.authorization.k8s.io training-operator",
        "Secret kubeflow/training-operator-webhook-cert",
        "Service kubeflow/training-operator",
        "Deployment.apps kubeflow/training-operator",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io validator.training-operator.kubeflow.org",
      ],
      lock: new URL("./lock-training-operator-1.8.0.json", import.meta.url),
      commit: "f8687ca7fd947e6ebd52dde4dfeefdf006e7b239",
      supplied:
        "copy the folder manifests of github.com/kubeflow/training-operator at v1.8.0 to apps/training-operator-1.8.0 of a source of your own, and name that in release.source",
    },
  },
  traffic: traffic181,
  profilePods: profilePods181,
  images: images181,
  credentials: credentials181,
  entrance: entrance181,
  signOn: signOn181,
  services: services181,
  sizing: sizing181,
  access: { privileges: privileges181, withdrawals: withdrawals181, users: users181 },
  namespaces: namespaces181,
  outside: outside181,
  parts: {
    foundation: {
      title: "Foundation",
      type: "Foundation",
      folders: ["common/kubeflow-namespace", "common/kubeflow-roles"],
    },
    "cert-manager": { title: "cert-manager", type: "CertManager", folders: ["common/cert-manager"] },
    istio: { title: "Istio", type: "Istio", folders: ["common/istio-1-17", "common/istio-cni-1-17"] },
    dex: { title: "Dex", type: "Dex", folders: ["common/dex"] },
    authservice: { title: "OIDC authservice", type: "Authservice", folders: ["common/oidc-client"] },
    "knative-serving": {
      title: "Knative Serving",
      type: "KnativeServing",
      // The gateway is for calls to models within the cluster; nothing else is bound to it.
      folders: ["common/knative/knative-serving", "common/istio-1-17/cluster-local-gateway"],
    },
    "knative-eventing": {
      title: "Knative Eventing",
      type: "KnativeEventing",
      folders: ["common/knative/knative-eventing"],
    },
    pipelines: { title: "Pipelines", type: "Pipelines", folders: ["apps/pipeline"] },
    katib: { title: "Katib", type: "Katib", folders: ["apps/katib"] },
    dashboard: { title: "Dashboard", type: "Dashboard", folders: ["apps/centraldashboard"] },
    "pod-defaults": { title: "PodDefaults webhook", type: "PodDefaults", folders: ["apps/admission-webhook"] },
    notebooks: { title: "Notebooks", type: "Notebooks", folders: ["apps/jupyter"] },
    profiles: { title: "Profiles and access", type: "Profiles", folders: ["apps/profiles", "common/user-namespace"] },
    volumes: { title: "Volumes", type: "Volumes", folders: ["apps/volumes-web-app", "apps/pvcviewer-controller"] },
    tensorboards: { title: "TensorBoards", type: "Tensorboards", folders: ["apps/tensorboard"] },
    "training-operator": {
      title: "Training Operator",
      type: "TrainingOperator",
      folders: ["apps/training-operator", "apps/training-operator-1.8.0"],
    },
    kserve: { title: "KServe", type: "KServe", folders: ["contrib/kserve/kserve"] },
    "models-web-app": { title: "Models", type: "ModelsWebApp", folders: ["contrib/kserve/models-web-app"] },
  },
  components: components181,
  dashboardLinks: dashboardLinks181,
} as const satisfies ReleaseDefinition;
