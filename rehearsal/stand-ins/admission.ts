import type { V1Pod } from "@kubernetes/client-node";
import { load } from "js-yaml";
import { patchAt } from "./json-patch.ts";
import { type PodDefault, PodDefaultConflict, defaultsFor, withDefaults } from "./pod-defaults.ts";
import { admit, type AdmissionReview, convert, type ConversionReview, type Verdict } from "./reviews.ts";
import { type InjectorConfig, type InjectorValues, wantsSidecar, withSidecar } from "./sidecar.ts";
import type { Store, Stored } from "./store.ts";
import type { WebhookCall } from "./webhook-server.ts";

export interface ConfigMap extends Stored {
  readonly data?: Readonly<Record<string, string>>;
}

/** What the webhooks that change pods read. */
export interface AdmissionSources {
  /** The ConfigMaps named `istio-sidecar-injector`. */
  readonly injectors: Store<ConfigMap>;
  readonly podDefaults: Store<PodDefault>;
}

/**
 * Answers any webhook of the release: those that change pods in a way that scheduling, quota or Pod Security see do
 * it, all others allow.
 */
export function answerWebhook(call: WebhookCall, sources: AdmissionSources): unknown {
  const review = call.review as AdmissionReview | ConversionReview;
  if (review.kind === "ConversionReview") return convert(review);
  return admit(review, judge(call, review.request, sources));
}

function judge(call: WebhookCall, request: AdmissionReview["request"], sources: AdmissionSources): Verdict {
  const namespace = request.namespace ?? "";
  if (call.path.startsWith("/inject")) {
    const istioNamespace = call.service.split("/")[0];
    const config = injectorConfig(sources.injectors.get(`${istioNamespace}/istio-sidecar-injector`));
    if (config === undefined) return { allowed: false, message: "the ConfigMap istio-sidecar-injector is missing" };
    return changed(request, (pod) => (wantsSidecar(pod, namespace, config) ? withSidecar(pod, config) : pod));
  }
  if (call.path === "/apply-poddefault") {
    return changed(request, (pod) => withDefaults(pod, defaultsFor(pod, namespace, sources.podDefaults.values())));
  }
  return { allowed: true };
}

const CHANGED_PATHS = [
  "/metadata/labels",
  "/metadata/annotations",
  "/spec/initContainers",
  "/spec/containers",
  "/spec/volumes",
  "/spec/tolerations",
  "/spec/imagePullSecrets",
  "/spec/serviceAccountName",
  "/spec/automountServiceAccountToken",
];

function changed(request: AdmissionReview["request"], change: (pod: V1Pod) => V1Pod): Verdict {
  const pod = request.object as V1Pod;
  try {
    return { allowed: true, patch: patchAt(pod, change(pod), CHANGED_PATHS) };
  } catch (error) {
    if (error instanceof PodDefaultConflict) return { allowed: false, message: error.message };
    throw error;
  }
}

/** Of the ConfigMap's two keys, `config` is YAML with templates in it and `values` is JSON. */
function injectorConfig(configMap: ConfigMap | undefined): InjectorConfig | undefined {
  const { config, values } = configMap?.data ?? {};
  if (config === undefined || values === undefined) return undefined;
  const { policy } = load(config) as { policy?: "enabled" | "disabled" };
  return { policy: policy ?? "enabled", values: JSON.parse(values) as InjectorValues };
}
