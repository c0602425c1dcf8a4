import type { Sizing } from "../../../resources/sizing.ts";
import { README, UPSTREAM } from "./sources.ts";

/** Pipelines, with its databases, object store and Argo. */
export const pipelines: Readonly<Record<string, Sizing>> = {
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
};
