import type { Rule } from "../rule.ts";
import { apiEndpointCidr } from "./cloud-api-endpoint-cidr.ts";
import { apiEndpointPrivate } from "./cloud-api-endpoint-private.ts";
import { autoUpgrade } from "./cloud-auto-upgrade.ts";
import { controlPlaneLogging } from "./cloud-control-plane-logging.ts";
import { deletionProtection } from "./cloud-deletion-protection.ts";
import { gkeHardening } from "./cloud-gke-hardening.ts";
import { haControlPlane } from "./cloud-ha-control-plane.ts";
import { imdsV2 } from "./cloud-imds-v2.ts";
import { kubernetesVersion } from "./cloud-k8s-version.ts";
import { networkPolicyEngine } from "./cloud-network-policy.ts";
import { noOpenIngress } from "./cloud-no-open-ingress.ts";
import { nodeDiskEncryption } from "./cloud-node-disk-encryption.ts";
import { nodeIdentity } from "./cloud-node-identity.ts";
import { nodesPrivate } from "./cloud-nodes-private.ts";
import { opaqueInstallers } from "./cloud-opaque-installers.ts";
import { registryHardening } from "./cloud-registry-hardening.ts";
import { secretsEncryption } from "./cloud-secrets-encryption.ts";
import { deprecatedRegistries } from "./hyg-deprecated-registries.ts";
import { ephemeralStorage } from "./hyg-ephemeral-storage.ts";
import { noBarePods } from "./hyg-no-bare-pods.ts";
import { noDefaultNamespace } from "./hyg-no-default-namespace.ts";
import { probes } from "./hyg-probes.ts";
import { readonlyRootfs } from "./hyg-readonly-rootfs.ts";
import { requiredLabels } from "./hyg-required-labels.ts";
import { secretsInEnv } from "./hyg-secrets-in-env.ts";
import { availability } from "./k8s-availability.ts";
import { imagePinned } from "./k8s-image-pinned.ts";
import { imageRegistries } from "./k8s-image-registry-allowlist.ts";
import { ingressTls } from "./k8s-ingress-tls.ts";
import { memoryLimits } from "./k8s-memory-limits.ts";
import { networkPolicyDefaultDeny } from "./k8s-networkpolicy-default-deny.ts";
import { plaintextCredentials } from "./k8s-plaintext-credentials.ts";
import { namespaceLabels } from "./k8s-psa-namespace-labels.ts";
import { podSecurityBaseline } from "./k8s-pss-baseline.ts";
import { dropCapabilities } from "./k8s-pss-drop-capabilities.ts";
import { privilegeEscalation } from "./k8s-pss-privilege-escalation.ts";
import { runAsNonRoot } from "./k8s-pss-run-as-non-root.ts";
import { seccomp } from "./k8s-pss-seccomp.ts";
import { volumeTypes } from "./k8s-pss-volume-types.ts";
import { rbacBroadSubjects } from "./k8s-rbac-broad-subjects.ts";
import { rbacClusterAdmin } from "./k8s-rbac-cluster-admin.ts";
import { rbacEscalation } from "./k8s-rbac-escalation.ts";
import { rbacExecProxy } from "./k8s-rbac-exec-proxy.ts";
import { rbacSecrets } from "./k8s-rbac-secrets.ts";
import { rbacWildcards } from "./k8s-rbac-wildcards.ts";
import { removedApis } from "./k8s-removed-apis.ts";
import { requests } from "./k8s-requests.ts";
import { tokenAutomount } from "./k8s-sa-token-automount.ts";
import { serviceExposure } from "./k8s-service-exposure.ts";
import { storageClass } from "./k8s-storageclass.ts";
import { webhookSafety } from "./k8s-webhook-safety.ts";
import { exemptionsValid } from "./meta-exemptions-valid.ts";
import { airgapEgress } from "./ml-airgap-egress.ts";
import { clusterCapacity } from "./ml-cluster-capacity.ts";
import { concurrencyBudget } from "./ml-concurrency-budget.ts";
import { costBudget } from "./ml-cost-budget.ts";
import { cudaDriverMatch } from "./ml-cuda-driver-match.ts";
import { defaultCredentials } from "./ml-default-credentials.ts";
import { gpuHomogeneous } from "./ml-gpu-homogeneous.ts";
import { gpuNodeIsolation } from "./ml-gpu-node-isolation.ts";
import { kserveMinReplicas } from "./ml-kserve-min-replicas.ts";
import { kubeflowVersion } from "./ml-kubeflow-version.ts";
import { meshStrict } from "./ml-mesh-strict.ts";
import { optionalComponents } from "./ml-optional-components.ts";
import { profileIsolation } from "./ml-profile-isolation.ts";
import { runtimeGuards } from "./ml-runtime-guards.ts";
import { spotSafety } from "./ml-spot-safety.ts";
import { trainingOperatorVersion } from "./ml-training-operator-version.ts";
import { transformersVersion } from "./ml-transformers-version.ts";

/** Every rule of the pack; the one about exemptions comes last, when all of them have had their use. */
export const rules: readonly Rule[] = [
  // cloud
  apiEndpointCidr,
  apiEndpointPrivate,
  autoUpgrade,
  controlPlaneLogging,
  deletionProtection,
  gkeHardening,
  haControlPlane,
  imdsV2,
  kubernetesVersion,
  networkPolicyEngine,
  noOpenIngress,
  nodeDiskEncryption,
  nodeIdentity,
  nodesPrivate,
  opaqueInstallers,
  registryHardening,
  secretsEncryption,
  // kubernetes
  availability,
  imagePinned,
  imageRegistries,
  ingressTls,
  memoryLimits,
  networkPolicyDefaultDeny,
  plaintextCredentials,
  namespaceLabels,
  podSecurityBaseline,
  dropCapabilities,
  privilegeEscalation,
  runAsNonRoot,
  seccomp,
  volumeTypes,
  rbacBroadSubjects,
  rbacClusterAdmin,
  rbacEscalation,
  rbacExecProxy,
  rbacSecrets,
  rbacWildcards,
  removedApis,
  requests,
  tokenAutomount,
  serviceExposure,
  storageClass,
  webhookSafety,
  // machine learning
  airgapEgress,
  clusterCapacity,
  concurrencyBudget,
  costBudget,
  cudaDriverMatch,
  defaultCredentials,
  gpuHomogeneous,
  gpuNodeIsolation,
  kserveMinReplicas,
  kubeflowVersion,
  meshStrict,
  optionalComponents,
  profileIsolation,
  runtimeGuards,
  spotSafety,
  trainingOperatorVersion,
  transformersVersion,
  // hygiene
  deprecatedRegistries,
  ephemeralStorage,
  noBarePods,
  noDefaultNamespace,
  probes,
  readonlyRootfs,
  requiredLabels,
  secretsInEnv,
  // the pack itself
  exemptionsValid,
];
