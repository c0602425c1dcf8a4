import { at, groupOf, type KubernetesObject, listAt, textAt, versionOf } from "../../kit/objects.ts";
import type { Inventory } from "./inventory.ts";
import { meets } from "../../kit/selectors.ts";
import type { Workload } from "./workload.ts";

const MUTATING = "MutatingWebhookConfiguration.admissionregistration.k8s.io";
const VALIDATING = "ValidatingWebhookConfiguration.admissionregistration.k8s.io";

/** A webhook of the set and what answers it. */
export interface Webhook {
  readonly configuration: KubernetesObject;
  readonly webhook: unknown;
  readonly service: KubernetesObject;
  readonly backends: readonly Workload[];
  /** Whether requests are refused while it does not answer (failurePolicy Fail, the default). */
  readonly isGatekeeper: boolean;
}

/** The webhooks whose backend is in the set; one whose backend is elsewhere is ready before anything is installed. */
export function webhooksOf(inventory: Inventory): Webhook[] {
  return [...inventory.ofKind(MUTATING), ...inventory.ofKind(VALIDATING)].flatMap((configuration) =>
    listAt(configuration, "webhooks").flatMap((webhook) => {
      const namespace = textAt(webhook, "clientConfig", "service", "namespace");
      const name = textAt(webhook, "clientConfig", "service", "name");
      const service = name === undefined ? undefined : inventory.find("Service", namespace, name);
      if (service === undefined) return [];
      const isGatekeeper = textAt(webhook, "failurePolicy") !== "Ignore";
      return [{ configuration, webhook, service, backends: inventory.behind(service), isGatekeeper }];
    }),
  );
}

/** What the API server would ask a webhook about: an object, or a pod that a workload starts. */
export interface Request {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Labels of the namespace, undefined for cluster-scoped objects. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export function requestFor(object: KubernetesObject, inventory: Inventory): Request {
  const { namespace, labels } = object.metadata;
  return {
    group: groupOf(object.apiVersion),
    version: versionOf(object.apiVersion),
    resource: inventory.resourceOf(object),
    namespaceLabels: namespace === undefined ? undefined : inventory.namespaceLabels(namespace),
    labels: labels ?? {},
  };
}

export function requestForPods(workload: Workload, inventory: Inventory): Request {
  return {
    group: "",
    version: "v1",
    resource: "pods",
    namespaceLabels: inventory.namespaceLabels(workload.namespace),
    labels: workload.labels,
  };
}

/** Whether the API server asks `webhook` about the creation of what `request` describes. */
export function asks(webhook: unknown, request: Request): boolean {
  if (!listAt(webhook, "rules").some((rule) => covers(rule, request))) return false;
  if (!meets(request.labels, at(webhook, "objectSelector"))) return false;
  return request.namespaceLabels === undefined || meets(request.namespaceLabels, at(webhook, "namespaceSelector"));
}

/** Whether a webhook is asked about pods in namespaces that the set does not hold, such as those of profiles. */
export function asksAboutForeignPods(webhook: unknown): boolean {
  return listAt(webhook, "rules").some((rule) =>
    covers(rule, { group: "", version: "v1", resource: "pods", namespaceLabels: {}, labels: {} }),
  );
}

function covers(rule: unknown, request: Request): boolean {
  const includes = (field: string, value: string) => {
    const values = listAt(rule, field);
    return values.includes("*") || values.includes(value);
  };
  return (
    includes("apiGroups", request.group) &&
    includes("apiVersions", request.version) &&
    includes("operations", "CREATE") &&
    (includes("resources", request.resource) || listAt(rule, "resources").includes("*/*"))
  );
}
