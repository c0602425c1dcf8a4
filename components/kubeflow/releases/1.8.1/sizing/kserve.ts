import type { Sizing } from "../../../resources/sizing.ts";
import { README, UPSTREAM } from "./sources.ts";

/** KServe and its page of models. */
export const kserve: Readonly<Record<string, Sizing>> = {
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
};
