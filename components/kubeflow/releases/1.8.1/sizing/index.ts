import type { SizingTable } from "../../../resources/sizing.ts";
import { foundation } from "./foundation.ts";
import { katib } from "./katib.ts";
import { knative } from "./knative.ts";
import { kserve } from "./kserve.ts";
import { pipelines } from "./pipelines.ts";
import { workspaces } from "./workspaces.ts";
import { UPSTREAM } from "./sources.ts";

/**
 * dev fits the 4.38 CPU and 12.3 GB that the users of the platform stated; prod leaves what v1.8.1 requests in place
 * and gives room to everything whose memory grows with the number of teams, runs or Services.
 * CPU requests in millicores, memory limits in MiB.
 */
export const sizing181: SizingTable = {
  containers: { ...foundation, ...knative, ...pipelines, ...katib, ...kserve, ...workspaces },
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
