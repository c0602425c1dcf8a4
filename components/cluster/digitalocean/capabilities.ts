import type { Capabilities } from "../contract.ts";
import { BY_DAEMON_SET } from "../registry-authority.ts";

/** What DigitalOcean Kubernetes can do. */
export const capabilities: Capabilities = {
  zones: { supported: false, substitute: "a region is one data centre: nodes spread over hosts, backups go elsewhere" },
  nodeUserData: { supported: false, substitute: "a DaemonSet that prepares each node" },
  registryAuthority: { supported: false, substitute: BY_DAEMON_SET },
  isolation: { supported: false, substitute: "nodes with public addresses; nothing of the platform uses them" },
  diskSizes: { supported: false, substitute: "attached volumes hold what is larger" },
  privateEndpoint: {
    supported: false,
    substitute: "the control plane's firewall, open to the network of the nodes alone",
  },
  sharedVolumes: { supported: false, substitute: "volumes of one node, and the object store for what is shared" },
  principals: { supported: false, substitute: "members of the DigitalOcean team have the cluster by their role there" },
  gpus: { supported: true, by: "GPU Droplets; DigitalOcean installs the driver and the device plugin" },
  networkPolicy: { supported: true, by: "Cilium, which DigitalOcean installs" },
};
