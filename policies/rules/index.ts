import type { Rule } from "../rule.ts";
import { imdsV2 } from "./cloud-imds-v2.ts";
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
import { defaultCredentials } from "./ml-default-credentials.ts";

/** Every rule of the pack; the one about exemptions comes last, when all of them have had their use. */
export const rules: readonly Rule[] = [
  // cloud
  imdsV2,
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
  defaultCredentials,
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
