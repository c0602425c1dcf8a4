import { releases, type ReleaseVersion } from "../kubeflow/releases/index.ts";
import { MANAGED_LABELS } from "./labels.ts";

/** Why no profile may have a name beside a release, undefined where one may. */
export function whyReserved(name: string, version: ReleaseVersion): string | undefined {
  if (name.startsWith("kube-") || name === "default") return "Kubernetes has it";
  if (releases[version].namespaces.includes(name)) return "the platform has it";
  return undefined;
}

/** Domains whose labels say something to Kubernetes or to a controller of the platform. */
const RESERVED_DOMAINS = ["kubernetes.io", "k8s.io", "kubeflow.org", "istio.io", "knative.dev", "kubeflow-on-pulumi"];

/** Whether a label of a namespace is not for the settings to set. */
export function isReservedLabel(label: string): boolean {
  if (Object.values<string>(MANAGED_LABELS).includes(label)) return true;
  const [domain, name] = label.split("/");
  return name !== undefined && RESERVED_DOMAINS.some((one) => domain === one || domain?.endsWith(`.${one}`));
}
