import type { AirGapSettings } from "../kubeflow/air-gap/settings.ts";
import { parseReference } from "../kubeflow/images/reference.ts";

/** A registry that a cloud runs, as its name says: every part of it is known before it is made. */
export type ManagedRegistry =
  | { readonly kind: "ecr"; readonly account: string; readonly region: string; readonly folder: string }
  | {
      readonly kind: "artifact-registry";
      readonly location: string;
      readonly project: string;
      readonly repository: string;
    }
  | { readonly kind: "docr"; readonly name: string };

/** How the names of those that can be made begin, for people. */
export const MANAGED_NAMES =
  "<account>.dkr.ecr.<region>.amazonaws.com/<folder> (ECR), <location>-docker.pkg.dev/<project>/<repository> (Artifact Registry) or registry.digitalocean.com/<name> (DOCR)";

/** The registry that a setting such as `airGap.registry` names; undefined where it is none that a cloud runs. */
export function managedRegistryOf(registry: string): ManagedRegistry | undefined {
  const { host, path } = parseReference(`${registry}/image`);
  const folders = path.split("/").slice(0, -1);
  const [first, second] = folders;
  const ecr = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(host);
  if (ecr !== null) return { kind: "ecr", account: ecr[1]!, region: ecr[2]!, folder: folders.join("/") };
  const google = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(host);
  if (google !== null && first !== undefined && second !== undefined) {
    return { kind: "artifact-registry", location: google[1]!, project: first, repository: second };
  }
  if (host === "registry.digitalocean.com" && first !== undefined) return { kind: "docr", name: first };
  return undefined;
}

/** Whether this program makes the registry that the settings name, rather than find it. */
export function isMadeHere(airGap: AirGapSettings | undefined): boolean {
  return airGap?.create === true || airGap?.distribution !== undefined || airGap?.harbor !== undefined;
}

/** Whether a name is one that only a cluster's own DNS knows. */
export function isInCluster(registry: string): boolean {
  const host = parseReference(`${registry}/image`).host.replace(/:\d+$/, "");
  return /\.svc$|\.cluster\.local$/.test(host);
}
