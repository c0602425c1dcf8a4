import type { Replacement } from "../../images/rewrite.ts";

const GONE = [
  "https://github.com/kubeflow/pipelines/issues/12422",
  "https://github.com/kubeflow/community-distribution/issues/3298",
  "https://github.com/aws-samples/amazon-eks-machine-learning-with-terraform-and-kubeflow/pull/126",
];

const PIPELINES = [
  "https://github.com/kubeflow/pipelines/tree/2.4.1/manifests/kustomize/base",
  "docs/decisions/0010-pipelines-images.md",
];

const ARGO = [
  "https://github.com/kubeflow/pipelines/blob/2.4.1/third_party/argo/VERSION",
  "https://github.com/kubeflow/pipelines/blob/2.5.0/manifests/kustomize/third-party/argo/base/workflow-controller-deployment-patch.yaml",
  "docs/decisions/0010-pipelines-images.md",
];

/** Day on which the issues and sources were read. */
const DATE = "2026-11-25";

/** An image of Pipelines under the name and the version that it moved to. */
function pipelines(from: string, to: string): Replacement {
  return {
    from,
    to,
    reason: "gcr.io/ml-pipeline is gone since 2025-11; 2.4.1 is the oldest version upstream published elsewhere",
    evidence: [...GONE, ...PIPELINES],
    date: DATE,
  };
}

function argo(name: string): Replacement {
  return {
    from: `gcr.io/ml-pipeline/${name}:v3.3.10-license-compliance`,
    to: `quay.io/argoproj/${name}:v3.4.17`,
    reason:
      "gcr.io/ml-pipeline is gone since 2025-11; 3.4.17 is the version that Pipelines 2.4.1 is built and shipped with",
    evidence: [...GONE, ...ARGO],
    date: DATE,
  };
}

function rbacProxy(tag: string): Replacement {
  return {
    from: `gcr.io/kubebuilder/kube-rbac-proxy:${tag}`,
    to: `quay.io/brancz/kube-rbac-proxy:${tag}`,
    reason: "gcr.io/kubebuilder is gone since 2026-03; the same version from its author, as Kubeflow 1.10.2 ships it",
    evidence: [
      "https://github.com/kubeflow/kubeflow/issues/7604",
      "https://github.com/mercari/spanner-autoscaler/issues/212",
      "https://github.com/kubealex/k8s-mediaserver-operator/issues/115",
    ],
    date: DATE,
  };
}

/** Images of v1.8.1 that can no longer be pulled. */
export const replacements181: readonly Replacement[] = [
  pipelines("gcr.io/ml-pipeline/api-server:2.0.5", "ghcr.io/kubeflow/kfp-api-server:2.4.1"),
  pipelines("gcr.io/ml-pipeline/cache-server:2.0.5", "ghcr.io/kubeflow/kfp-cache-server:2.4.1"),
  pipelines("gcr.io/ml-pipeline/frontend:2.0.5", "ghcr.io/kubeflow/kfp-frontend:2.4.1"),
  pipelines("gcr.io/ml-pipeline/metadata-envoy:2.0.5", "ghcr.io/kubeflow/kfp-metadata-envoy:2.4.1"),
  pipelines("gcr.io/ml-pipeline/metadata-writer:2.0.5", "ghcr.io/kubeflow/kfp-metadata-writer:2.4.1"),
  pipelines("gcr.io/ml-pipeline/persistenceagent:2.0.5", "ghcr.io/kubeflow/kfp-persistence-agent:2.4.1"),
  pipelines("gcr.io/ml-pipeline/scheduledworkflow:2.0.5", "ghcr.io/kubeflow/kfp-scheduled-workflow-controller:2.4.1"),
  pipelines("gcr.io/ml-pipeline/viewer-crd-controller:2.0.5", "ghcr.io/kubeflow/kfp-viewer-crd-controller:2.4.1"),
  pipelines("gcr.io/ml-pipeline/visualization-server:2.0.5", "ghcr.io/kubeflow/kfp-visualization-server:2.4.1"),
  // Names without a version stand in the program that makes each profile's own servers.
  pipelines("gcr.io/ml-pipeline/frontend", "ghcr.io/kubeflow/kfp-frontend"),
  pipelines("gcr.io/ml-pipeline/visualization-server", "ghcr.io/kubeflow/kfp-visualization-server"),
  pipelines(
    "gcr.io/ml-pipeline/kfp-driver@sha256:8e60086b04d92b657898a310ca9757631d58547e76bbbb8bfc376d654bef1707",
    "ghcr.io/kubeflow/kfp-driver:2.4.1",
  ),
  pipelines(
    "gcr.io/ml-pipeline/kfp-launcher@sha256:80cf120abd125db84fa547640fd6386c4b2a26936e0c2b04a7d3634991a850a4",
    "ghcr.io/kubeflow/kfp-launcher:2.4.1",
  ),
  argo("workflow-controller"),
  argo("argoexec"),
  {
    from: "gcr.io/ml-pipeline/minio:RELEASE.2019-08-14T20-37-41Z-license-compliance",
    to: "quay.io/opendatahub/minio:RELEASE.2019-08-14T20-37-41Z-license-compliance",
    reason:
      "gcr.io/ml-pipeline is gone since 2025-11; a copy in use by Open Data Hub. docker.io/minio is gone since 2026-09",
    evidence: [
      "https://github.com/kubeflow/community-distribution/issues/3270",
      "https://github.com/opendatahub-io/opendatahub-tests/pull/2004",
      "https://github.com/makeplane/plane/pull/9829",
    ],
    date: DATE,
  },
  {
    from: "gcr.io/ml-pipeline/mysql:8.0.26",
    to: "docker.io/library/mysql:8.0.26",
    reason: "gcr.io/ml-pipeline is gone since 2025-11; the official image, of which the one there was a copy",
    evidence: [...GONE, "https://github.com/kubeflow/pipelines/pull/8017"],
    date: DATE,
  },
  {
    from: "gcr.io/google-containers/busybox",
    to: "registry.k8s.io/busybox:1.27",
    reason: "Docker schema 1, which containerd 2 does not pull; it stands in for every cached step of Pipelines v1",
    evidence: [
      "https://github.com/kubeflow/pipelines/issues/11468",
      "https://github.com/kubernetes/k8s.io/issues/8650",
    ],
    date: DATE,
  },
  rbacProxy("v0.13.1"),
  rbacProxy("v0.8.0"),
];

/** Registries, or folders of them, that no object may name any more. */
export const goneRegistries181: readonly string[] = [
  "gcr.io/ml-pipeline",
  "gcr.io/kubebuilder",
  "gcr.io/google-containers",
];
