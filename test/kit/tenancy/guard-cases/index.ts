import type { GuardOptions, Request } from "../../../../components/tenancy/guards/index.ts";
import { tenancySettings } from "../../../../components/tenancy/settings.ts";
import { gpuCases } from "./gpus.ts";
import { imageCases } from "./images.ts";
import { isolationCases } from "./isolation.ts";
import { modelCases } from "./models.ts";
import { otherCases } from "./others.ts";
import { versionCases } from "./versions.ts";
import type { GuardCase } from "./guard-case.ts";
import { OPERATORS } from "./requests.ts";

export type { GuardCase } from "./guard-case.ts";

/** Of the guards that the cases are judged by. */
export const GUARD_OPTIONS: GuardOptions = {
  tenancy: tenancySettings.parse({ imagesFrom: ["registry.example.com/ml", "quay.io"] }),
  gpuPools: ["a100", "v100"],
  meshImage: "docker.io/istio/proxyv2:1.17.5",
  platformImages: ["docker.io/istio/proxyv2", "ghcr.io/kubeflow/kfp-launcher", "docker.io/library/python"],
};

/** Labels of the namespace that all cases are in: a profile's, of the settings, with one of the two GPU pools. */
export const NAMESPACE_LABELS = {
  "app.kubernetes.io/part-of": "kubeflow-profile",
  "kubeflow-on-pulumi/profile": "by-settings",
  "gpu-pool.kubeflow-on-pulumi/a100": "allowed",
};

/** What every guard refuses and admits, judged alike by its CEL, by its TypeScript and by the policy pack. */
export const guardCases: readonly GuardCase[] = [
  ...isolationCases,
  ...gpuCases,
  ...imageCases,
  ...versionCases,
  ...modelCases,
  ...otherCases,
];

/** The request of a case as guards see it. */
export function requestOf({ request }: GuardCase): Request {
  return { operation: "CREATE", user: OPERATORS, namespaceLabels: NAMESPACE_LABELS, ...request };
}
