import { parseReference } from "../kubeflow/images/reference.ts";
import type { Capabilities, ClusterRequest, Deviation } from "./contract.ts";

/** A registry with a certificate of a private authority. */
export interface RegistryAuthority {
  /** With its port where it has one, as references name it. */
  readonly host: string;
  /** Certificate in PEM. */
  readonly ca: string;
}

/** What stands in for it on clouds that prepare no nodes. */
export const BY_DAEMON_SET =
  "a DaemonSet that tells containerd, whose own image comes first: airGap.nodes.image names one that nodes can pull without that trust";

/** Files of a registry's folder below {@link CERTS_DIRECTORY}. */
export const AUTHORITY_FILE = "ca.crt";
export const HOSTS_FILE = "hosts.toml";

/** Where containerd looks for what it needs to know of a registry, read at every pull; its `config_path`. */
export const CERTS_DIRECTORY = "/etc/containerd/certs.d";

/** The authority that nodes are to be made to trust; undefined where there is none, or they trust it already. */
export function registryAuthorityOf({ airGap }: Pick<ClusterRequest, "airGap">): RegistryAuthority | undefined {
  if (airGap?.ca === undefined || airGap.nodes?.authority === "given") return undefined;
  return { host: parseReference(`${airGap.registry}/image`).host, ca: airGap.ca };
}

/** What containerd is to know of a registry: that it is its own server, and whose certificate it shows. */
export function hostsToml(host: string, directory: string = CERTS_DIRECTORY): string {
  const url = JSON.stringify(`https://${host}`);
  return [
    `server = ${url}`,
    "",
    `[host.${url}]`,
    '  capabilities = ["pull", "resolve"]',
    `  ca = ${JSON.stringify(`${directory}/${host}/${AUTHORITY_FILE}`)}`,
    "",
  ].join("\n");
}

/** What a cloud does in place of nodes that trust the registry before their first pull. */
export function authorityDeviations(
  { registryAuthority }: Pick<Capabilities, "registryAuthority">,
  request: Pick<ClusterRequest, "airGap">,
): Deviation[] {
  if (registryAuthority.supported || registryAuthorityOf(request) === undefined) return [];
  const asked = "nodes that trust the registry's authority before their first pull";
  return [{ setting: "airGap.ca", asked, given: registryAuthority.substitute }];
}
