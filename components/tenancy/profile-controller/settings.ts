import { load } from "js-yaml";
import { listAt, textAt } from "../../kit/objects.ts";

/** The controller's Deployment, as `namespace/name`. */
export const PROFILE_CONTROLLER = "kubeflow/profiles-deployment";

/** Key of the file of labels in its ConfigMap. */
export const LABELS_FILE = "namespace-labels.yaml";

/** How the profile controller was configured: its environment and its file of namespace labels. */
export interface ProfileSettings {
  readonly userIdHeader: string;
  readonly userIdPrefix: string;
  readonly ingressPrincipal: string;
  readonly pipelinesPrincipal: string;
  readonly notebooksPrincipal: string;
  /** An empty value removes the label. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** Names of the ConfigMaps that the controller's Deployment has its environment and its file of labels from. */
export function configMapsOf(deployment: unknown): { readonly environment?: string; readonly labels?: string } {
  const pod = ["spec", "template", "spec"];
  const named = (field: string, name: string) =>
    listAt(deployment, ...pod, field).find((entry) => textAt(entry, "name") === name);
  const environment = textAt(listAt(named("containers", "manager"), "envFrom")[0], "configMapRef", "name");
  const labels = textAt(named("volumes", "namespace-labels"), "configMap", "name");
  return { ...(environment === undefined ? {} : { environment }), ...(labels === undefined ? {} : { labels }) };
}

/**
 * The controller's settings from its environment, with the defaults of its code, and from its file of labels (YAML).
 */
export function profileSettings(environment: Readonly<Record<string, string>>, labels: string): ProfileSettings {
  const principal = (variable: string, account: string): string =>
    environment[variable] ?? `cluster.local/ns/${account}`;
  return {
    userIdHeader: environment["USERID_HEADER"] ?? "x-goog-authenticated-user-email",
    userIdPrefix: environment["USERID_PREFIX"] ?? "",
    ingressPrincipal: principal(
      "ISTIO_INGRESS_GATEWAY_PRINCIPAL",
      "istio-system/sa/istio-ingressgateway-service-account",
    ),
    pipelinesPrincipal: principal("KFP_UI_PRINCIPAL", "kubeflow/sa/ml-pipeline-ui"),
    notebooksPrincipal: principal("NOTEBOOK_CONTROLLER_PRINCIPAL", "kubeflow/sa/notebook-controller-service-account"),
    namespaceLabels: (load(labels) ?? {}) as Record<string, string>,
  };
}
