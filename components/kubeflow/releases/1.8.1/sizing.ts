import type { SizingTable } from "../../resources/sizing.ts";

/** The manifests of v1.8.1 themselves. */
const UPSTREAM = "v1.8.1";
/** Table of resource requirements in the README of kubeflow/manifests, release-26.03: sums by component, proxies included. */
const README = "README of release 26.03";

/**
 * dev fits the 4.38 CPU and 12.3 GB that the users of the platform stated; prod leaves what v1.8.1 requests in place
 * and gives room to everything whose memory grows with the number of teams, runs or Services.
 * CPU requests in millicores, memory limits in MiB.
 */
export const sizing181: SizingTable = {
  containers: {
    "auth/dex dex": { dev: [10, 128], prod: [50, 256], source: `${README}: 3m, 27Mi` },

    "cert-manager/cert-manager cert-manager-controller": {
      dev: [10, 128],
      prod: [50, 256],
      source: `${README}: 3m, 128Mi for the three`,
    },
    "cert-manager/cert-manager-cainjector cert-manager-cainjector": {
      dev: [10, 160],
      prod: [50, 384],
      source: `${README}: 3m, 128Mi for the three; caches every Secret and CRD`,
    },
    "cert-manager/cert-manager-webhook cert-manager-webhook": {
      dev: [10, 64],
      prod: [20, 128],
      source: `${README}: 3m, 128Mi for the three`,
    },

    "istio-system/istiod discovery": {
      dev: [250, 640],
      prod: [500, 2560],
      source: `${UPSTREAM} requests 500m, 2Gi and has no limit; its demo profile requests 10m, 100Mi`,
    },
    "istio-system/istio-ingressgateway istio-proxy": {
      dev: [100, 200],
      prod: [500, 1024],
      source: `${UPSTREAM} requests 100m, 128Mi and limits to 1Gi; ${README}: Istio 750m, 2364Mi`,
    },
    "istio-system/cluster-local-gateway istio-proxy": {
      dev: [100, 200],
      prod: [200, 1024],
      source: `${UPSTREAM} requests 100m, 128Mi and limits to 1Gi; ${README}: Istio 750m, 2364Mi`,
    },
    "istio-system/oidc-authservice authservice": {
      dev: [10, 128],
      prod: [50, 256],
      source: `estimate; ${README}: 3m, 27Mi for its successor oauth2-proxy`,
    },

    "istio-system/oidc-authservice issuer-forwarder": {
      dev: [10, 64],
      prod: [10, 64],
      source: "estimate: Envoy with one listener and one cluster",
    },

    "knative-eventing/eventing-controller eventing-controller": {
      dev: [50, 160],
      prod: [100, 320],
      source: `${UPSTREAM} requests 100m, 100Mi and has no limit`,
    },
    "knative-eventing/eventing-webhook eventing-webhook": {
      dev: [50, 160],
      prod: [100, 200],
      source: `${UPSTREAM} requests 100m, 50Mi and limits to 200Mi`,
    },
    "knative-eventing/pingsource-mt-adapter dispatcher": {
      dev: [50, 160],
      prod: [125, 2048],
      source: `${UPSTREAM} requests 125m, 64Mi and limits to 2Gi; it has no replicas until the first PingSource`,
    },

    "knative-serving/activator activator": {
      dev: [100, 200],
      prod: [300, 640],
      source: `${UPSTREAM} requests 300m, 60Mi and limits to 600Mi; buffers requests while a service scales from zero`,
    },
    "knative-serving/autoscaler autoscaler": {
      dev: [50, 192],
      prod: [100, 1000],
      source: `${UPSTREAM} requests 100m, 100Mi and limits to 1000Mi`,
    },
    "knative-serving/controller controller": {
      dev: [50, 200],
      prod: [100, 1000],
      source: `${UPSTREAM} requests 100m, 100Mi and limits to 1000Mi`,
    },
    "knative-serving/domain-mapping domain-mapping": {
      dev: [20, 128],
      prod: [30, 400],
      source: `${UPSTREAM} requests 30m, 40Mi and limits to 400Mi`,
    },
    "knative-serving/domainmapping-webhook domainmapping-webhook": {
      dev: [20, 128],
      prod: [100, 500],
      source: `${UPSTREAM} requests 100m, 100Mi and limits to 500Mi`,
    },
    "knative-serving/net-istio-controller controller": {
      dev: [30, 160],
      prod: [30, 400],
      source: `${UPSTREAM} requests 30m, 40Mi and limits to 400Mi`,
    },
    "knative-serving/net-istio-webhook webhook": {
      dev: [20, 128],
      prod: [20, 200],
      source: `${UPSTREAM} requests 20m, 20Mi and limits to 200Mi`,
    },
    "knative-serving/webhook webhook": {
      dev: [50, 192],
      prod: [100, 500],
      source: `${UPSTREAM} requests 100m, 100Mi and limits to 500Mi`,
    },

    "kubeflow/admission-webhook-deployment admission-webhook": {
      dev: [10, 64],
      prod: [50, 128],
      source: `${README}: 1m, 14Mi`,
    },
    "kubeflow/centraldashboard centraldashboard": { dev: [10, 200], prod: [50, 400], source: `${README}: 2m, 159Mi` },
    "kubeflow/jupyter-web-app-deployment jupyter-web-app": {
      dev: [10, 200],
      prod: [50, 512],
      source: `${README}: 4m, 231Mi; three workers of gunicorn`,
    },
    "kubeflow/volumes-web-app-deployment volumes-web-app": {
      dev: [10, 200],
      prod: [50, 512],
      source: `${README}: 4m, 226Mi; three workers of gunicorn`,
    },
    "kubeflow/tensorboards-web-app-deployment tensorboards-web-app": {
      dev: [10, 200],
      prod: [50, 512],
      source: `as the other web apps; ${README} gives none`,
    },
    "kubeflow/notebook-controller-deployment manager": {
      dev: [10, 128],
      prod: [50, 512],
      source: `${README}: 5m, 93Mi; caches every Pod, Service and Event`,
    },
    "kubeflow/profiles-deployment manager": {
      dev: [10, 100],
      prod: [50, 256],
      source: `${README}: 7m, 129Mi for the two`,
    },
    "kubeflow/profiles-deployment kfam": {
      dev: [10, 100],
      prod: [50, 256],
      source: `${README}: 7m, 129Mi for the two`,
    },
    "kubeflow/pvcviewer-controller-manager manager": {
      dev: [10, 128],
      prod: [20, 256],
      source: `${UPSTREAM} requests 10m, 64Mi and limits to 128Mi`,
    },
    "kubeflow/pvcviewer-controller-manager kube-rbac-proxy": {
      dev: [5, 80],
      prod: [5, 128],
      source: `${UPSTREAM} requests 5m, 64Mi and limits to 128Mi`,
    },
    "kubeflow/tensorboard-controller-deployment manager": {
      dev: [10, 128],
      prod: [20, 256],
      source: `${UPSTREAM} requests 10m, 64Mi and limits to 128Mi`,
    },
    "kubeflow/tensorboard-controller-deployment kube-rbac-proxy": {
      dev: [5, 80],
      prod: [5, 128],
      source: `${UPSTREAM} requests 5m, 64Mi and limits to 128Mi`,
    },
    "kubeflow/training-operator training-operator": {
      dev: [10, 160],
      prod: [100, 1024],
      source: `${README}: 3m, 25Mi; caches every Pod and Service, so it grows with the jobs`,
    },

    "kubeflow/katib-controller katib-controller": {
      dev: [10, 128],
      prod: [50, 512],
      source: `${README}: Katib 13m, 476Mi`,
    },
    "kubeflow/katib-db-manager katib-db-manager": {
      dev: [10, 64],
      prod: [20, 128],
      source: `${README}: Katib 13m, 476Mi`,
    },
    "kubeflow/katib-ui katib-ui": { dev: [10, 64], prod: [20, 128], source: `${README}: Katib 13m, 476Mi` },
    "kubeflow/katib-mysql katib-mysql": {
      dev: [20, 512],
      prod: [100, 1024],
      source: `${README}: Katib 13m, 476Mi, most of it the buffer pool of MySQL`,
    },

    "kubeflow/kserve-controller-manager manager": {
      dev: [100, 300],
      prod: [200, 640],
      source: `${UPSTREAM} requests 100m, 200Mi and limits to 300Mi`,
    },
    "kubeflow/kserve-controller-manager kube-rbac-proxy": {
      dev: [5, 80],
      prod: [5, 128],
      source: `as the other two, which ${UPSTREAM} requests 5m, 64Mi for`,
    },
    "kubeflow/kserve-models-web-app kserve-models-web-app": {
      dev: [10, 200],
      prod: [50, 512],
      source: `${README}: 6m, 259Mi; three workers of gunicorn`,
    },

    "kubeflow/cache-server server": { dev: [10, 128], prod: [50, 256], source: `${README}: Pipelines 970m, 3552Mi` },
    "kubeflow/kubeflow-pipelines-profile-controller profile-controller": {
      dev: [10, 100],
      prod: [50, 128],
      source: `${README}: Pipelines 970m, 3552Mi; one Python process`,
    },
    "kubeflow/metacontroller metacontroller": {
      dev: [50, 256],
      prod: [100, 1024],
      source: `${UPSTREAM} requests 100m, 256Mi and limits to 1Gi; caches every Secret and ConfigMap`,
    },
    "kubeflow/metadata-envoy-deployment container": {
      dev: [10, 100],
      prod: [50, 256],
      source: `${README}: Pipelines 970m, 3552Mi`,
    },
    "kubeflow/metadata-grpc-deployment container": {
      dev: [20, 256],
      prod: [100, 512],
      source: `${README}: Pipelines 970m, 3552Mi`,
    },
    "kubeflow/metadata-writer main": {
      dev: [10, 200],
      prod: [50, 400],
      source: `${README}: Pipelines 970m, 3552Mi`,
    },
    "kubeflow/minio minio": {
      dev: [50, 384],
      prod: [500, 2048],
      source: `${UPSTREAM} requests 20m, 100Mi and has no limit; time-outs of the object store are 25 % of the failures`,
    },
    "kubeflow/ml-pipeline ml-pipeline-api-server": {
      dev: [250, 512],
      prod: [500, 1280],
      source: `${UPSTREAM} requests 250m, 500Mi and has no limit`,
    },
    "kubeflow/ml-pipeline-persistenceagent ml-pipeline-persistenceagent": {
      dev: [120, 320],
      prod: [120, 1024],
      source: `${UPSTREAM} requests 120m, 500Mi and has no limit; grows with the Workflows that are kept`,
    },
    "kubeflow/ml-pipeline-scheduledworkflow ml-pipeline-scheduledworkflow": {
      dev: [10, 128],
      prod: [50, 256],
      source: `${README}: Pipelines 970m, 3552Mi`,
    },
    "kubeflow/ml-pipeline-ui ml-pipeline-ui": {
      dev: [10, 160],
      prod: [50, 500],
      source: `${UPSTREAM} requests 10m, 70Mi; its copy in each profile is limited to 500Mi`,
    },
    "kubeflow/ml-pipeline-viewer-crd ml-pipeline-viewer-crd": {
      dev: [10, 100],
      prod: [20, 256],
      source: `${README}: Pipelines 970m, 3552Mi`,
    },
    "kubeflow/ml-pipeline-visualizationserver ml-pipeline-visualizationserver": {
      dev: [30, 512],
      prod: [50, 1024],
      source: `${UPSTREAM} requests 30m, 500Mi; its copy in each profile is limited to 1Gi`,
    },
    "kubeflow/mysql mysql": {
      dev: [100, 800],
      prod: [500, 2560],
      source: `${UPSTREAM} requests 100m, 800Mi and has no limit`,
    },
    "kubeflow/workflow-controller workflow-controller": {
      dev: [100, 384],
      prod: [250, 2048],
      source: `${UPSTREAM} requests 100m, 500Mi and has no limit; grows with the Workflows that are kept`,
    },
  },
  optional: {
    "kube-system/istio-cni-node install-cni": {
      dev: [20, 128],
      prod: [100, 128],
      source: `${UPSTREAM} requests 100m, 100Mi and has no limit`,
    },
  },
  meshProxy: {
    dev: [40, 128],
    prod: [100, 320],
    source: `${UPSTREAM} requests 100m, 128Mi and limits to 1Gi; its demo profile requests 10m, 40Mi`,
  },
  queueProxy: {
    dev: [25, 160],
    prod: [25, 500],
    source: "Knative 1.10 requests 25m and has no limit; its documented example is 400Mi of 800Mi",
  },
  stepExecutor: {
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
    // About 70 s of tries in place of 9.
    retries: { EXECUTOR_RETRY_BACKOFF_DURATION: "1s", EXECUTOR_RETRY_BACKOFF_STEPS: "9" },
    source:
      "argo-workflows v3.4.17 docs/workflow-controller-configmap.yaml (its example asks for 100m, in every step), docs/environment-variables.md; workflow/artifacts/s3/s3.go retries by them",
  },
  trial: {
    dev: [500, 4096],
    prod: [500, 4096],
    source: `${UPSTREAM} states nothing; room for CIFAR-10 as floating-point numbers (0.7 GiB) a few times over`,
  },
};
