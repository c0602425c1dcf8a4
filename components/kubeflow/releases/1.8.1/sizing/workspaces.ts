import type { Sizing } from "../../../resources/sizing.ts";
import { README, UPSTREAM } from "./sources.ts";

/** Dashboard, profiles, notebooks, volumes, TensorBoards and training jobs. */
export const workspaces: Readonly<Record<string, Sizing>> = {
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
};
