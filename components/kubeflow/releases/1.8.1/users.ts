import type { ContainerUser, UserTable } from "../../access/users.ts";

const DECLARED: ContainerUser = { is: "declared" };

const PIPELINES: ContainerUser = {
  is: "set",
  uid: 1000,
  gid: 0,
  evidence: "kubeflow/pipelines 2.4.1 manifests/kustomize/base, for the images of 2.4.1",
};

const KATIB: ContainerUser = {
  is: "set",
  uid: 1000,
  evidence: "kubeflow/katib v0.19.0 manifests; the last stage of the Dockerfile is that of v0.16.0",
};

const WEB_APP: ContainerUser = {
  is: "set",
  uid: 1000,
  evidence: "kubeflow/manifests release-26.03; the last stage of the Dockerfile at v1.10.0 is that of v1.8.0",
};

/** Later images of these set a user and have another base, so that says nothing of the images of v1.8.0. */
const OTHER_BASE: ContainerUser = {
  is: "left",
  why: "the image names no user; kubeflow/kubeflow v1.10.0 runs it as 65532, but on another base image",
};

/** Users of the containers of v1.8.1. Where no upstream manifest runs the image as somebody else it is left alone. */
export const users181: UserTable = {
  "auth/dex dex": {
    is: "set",
    uid: 1001,
    gid: 1001,
    evidence: "Dockerfile of dexidp/dex makes the user dex of 1001; kubeflow/manifests release-26.03 runs it as 1001",
  },

  "cert-manager/cert-manager cert-manager-controller": DECLARED,
  "cert-manager/cert-manager-cainjector cert-manager-cainjector": DECLARED,
  "cert-manager/cert-manager-webhook cert-manager-webhook": DECLARED,

  "istio-system/istiod discovery": DECLARED,
  "istio-system/istio-ingressgateway istio-proxy": DECLARED,
  "istio-system/cluster-local-gateway istio-proxy": DECLARED,
  "istio-system/oidc-authservice authservice": {
    is: "left",
    why: "the image runs as its user authservice, by name; the kubelet refuses to take a name for proof, and upstream states no number",
  },

  "knative-eventing/eventing-controller eventing-controller": DECLARED,
  "knative-eventing/eventing-webhook eventing-webhook": DECLARED,
  "knative-eventing/pingsource-mt-adapter dispatcher": DECLARED,
  "knative-serving/activator activator": DECLARED,
  "knative-serving/autoscaler autoscaler": DECLARED,
  "knative-serving/controller controller": DECLARED,
  "knative-serving/domain-mapping domain-mapping": DECLARED,
  "knative-serving/domainmapping-webhook domainmapping-webhook": DECLARED,
  "knative-serving/net-istio-controller controller": DECLARED,
  "knative-serving/net-istio-webhook webhook": DECLARED,
  "knative-serving/webhook webhook": DECLARED,

  "kubeflow/admission-webhook-deployment admission-webhook": OTHER_BASE,
  "kubeflow/centraldashboard centraldashboard": {
    is: "set",
    uid: 1000,
    evidence:
      "kubeflow/kubeflow v1.8.0 Dockerfile: USER node, which is 1000 in its base; kubeflow/manifests release-26.03",
  },
  "kubeflow/jupyter-web-app-deployment jupyter-web-app": WEB_APP,
  "kubeflow/volumes-web-app-deployment volumes-web-app": WEB_APP,
  "kubeflow/tensorboards-web-app-deployment tensorboards-web-app": WEB_APP,
  "kubeflow/notebook-controller-deployment manager": OTHER_BASE,
  "kubeflow/profiles-deployment manager": OTHER_BASE,
  "kubeflow/profiles-deployment kfam": OTHER_BASE,
  "kubeflow/pvcviewer-controller-manager manager": DECLARED,
  "kubeflow/pvcviewer-controller-manager kube-rbac-proxy": DECLARED,
  "kubeflow/tensorboard-controller-deployment manager": DECLARED,
  "kubeflow/tensorboard-controller-deployment kube-rbac-proxy": DECLARED,
  "kubeflow/training-operator training-operator": {
    is: "left",
    why: "the image names no user; kubeflow/manifests release-26.03 runs 1.9.2 as 1000, which was not compared with 1.7.0",
  },

  "kubeflow/katib-controller katib-controller": KATIB,
  "kubeflow/katib-db-manager katib-db-manager": KATIB,
  "kubeflow/katib-ui katib-ui": KATIB,
  "kubeflow/katib-mysql katib-mysql": {
    is: "set",
    uid: 999,
    gid: 999,
    fsGroup: 999,
    evidence: "kubeflow/katib v0.19.0 manifests, for the official image of MySQL 8.0",
  },

  "kubeflow/kserve-controller-manager manager": DECLARED,
  "kubeflow/kserve-controller-manager kube-rbac-proxy": DECLARED,
  "kubeflow/kserve-models-web-app kserve-models-web-app": {
    is: "left",
    why: "the image names no user; kubeflow/manifests v1.10.2 runs 0.14.0 as 1000, which was not compared with 0.10.0",
  },

  "kubeflow/cache-server server": PIPELINES,
  "kubeflow/kubeflow-pipelines-profile-controller profile-controller": {
    is: "set",
    uid: 1000,
    gid: 0,
    evidence: "kubeflow/manifests v1.10.2 runs the same script in the official image of Python as 1000",
  },
  "kubeflow/metacontroller metacontroller": DECLARED,
  "kubeflow/metadata-envoy-deployment container": PIPELINES,
  "kubeflow/metadata-grpc-deployment container": PIPELINES,
  "kubeflow/metadata-writer main": PIPELINES,
  "kubeflow/minio minio": {
    is: "set",
    uid: 1000,
    gid: 0,
    fsGroup: 1000,
    evidence: "kubeflow/manifests v1.10.2, for the same release of MinIO",
  },
  "kubeflow/ml-pipeline ml-pipeline-api-server": PIPELINES,
  "kubeflow/ml-pipeline-persistenceagent ml-pipeline-persistenceagent": PIPELINES,
  "kubeflow/ml-pipeline-scheduledworkflow ml-pipeline-scheduledworkflow": PIPELINES,
  "kubeflow/ml-pipeline-ui ml-pipeline-ui": PIPELINES,
  "kubeflow/ml-pipeline-viewer-crd ml-pipeline-viewer-crd": PIPELINES,
  "kubeflow/ml-pipeline-visualizationserver ml-pipeline-visualizationserver": PIPELINES,
  "kubeflow/mysql mysql": {
    is: "set",
    uid: 999,
    gid: 999,
    fsGroup: 999,
    evidence: "kubeflow/pipelines 2.4.1 manifests/kustomize/third-party/mysql, for the same MySQL 8.0.26",
  },
  "kubeflow/workflow-controller workflow-controller": DECLARED,
};
