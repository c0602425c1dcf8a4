import type { Capabilities } from "../contract.ts";

/** What Google Kubernetes Engine (Standard) can do. */
export const capabilities: Capabilities = {
  zones: { supported: true, by: "a regional cluster" },
  nodeUserData: { supported: false, substitute: "containerd's configuration of a pool, and a DaemonSet for the rest" },
  registryAuthority: {
    supported: true,
    by: "containerd's configuration of a pool, with the certificate in Secret Manager",
  },
  isolation: { supported: true, by: "a network without NAT, and Private Google Access to Google's own services" },
  diskSizes: { supported: true, by: "boot disks of up to 64 TB" },
  privateEndpoint: { supported: true, by: "a control plane that only the network reaches" },
  sharedVolumes: { supported: true, by: "Filestore" },
  principals: {
    supported: true,
    by: "roles in the project's IAM",
    form: /^(user|group|serviceAccount):[\w.%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    says: "a member as IAM writes it, such as group:NAME@example.com, user:... or serviceAccount:...",
  },
  gpus: { supported: true, by: "accelerator-optimized machines; Google installs the driver and the device plugin" },
  networkPolicy: { supported: true, by: "Dataplane V2" },
};
