import { ISTIO_KERNEL_MODULES } from "../../kernel-modules.ts";
import {
  AUTHORITY_FILE,
  CERTS_DIRECTORY,
  HOSTS_FILE,
  hostsToml,
  type RegistryAuthority,
} from "../../registry-authority.ts";
import { maxPods } from "./pods.ts";

export interface UserDataArgs {
  /** vCPUs of the node, which decide how many pods it takes. */
  readonly cpu: number;
  /** Whether its local NVMe disks become one array that holds what pods write (`emptyDir`), images and logs. */
  readonly scratch: boolean;
  /** Whom the node is to trust before it pulls anything. */
  readonly authority?: RegistryAuthority | undefined;
}

const BOUNDARY = "kubeflow-node";

/**
 * What a node of Amazon Linux 2023 does before it joins, as a MIME document: a script, and a NodeConfig that EKS merges
 * with the one that tells the node its cluster. Base64.
 */
export function userData(args: UserDataArgs): string {
  return Buffer.from(userDataText(args)).toString("base64");
}

/** The document before it is encoded. */
export function userDataText(args: UserDataArgs): string {
  return [
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    "",
    part('text/x-shellscript; charset="us-ascii"', script(args)),
    part("application/node.eks.aws", JSON.stringify(nodeConfig(args), undefined, 2)),
    `--${BOUNDARY}--`,
    "",
  ].join("\n");
}

function part(type: string, content: string): string {
  return [`--${BOUNDARY}`, `Content-Type: ${type}`, "", content, ""].join("\n");
}

function script({ authority }: UserDataArgs): string {
  const trust = authority === undefined ? [] : trusting(authority);
  return ["#!/bin/bash", ...kernelModules(), ...trust].join("\n");
}

/** Loads the modules now, before the first pod, and at every boot. A kernel without one of them says so in its journal. */
function kernelModules(): string[] {
  return [
    "cat > /etc/modules-load.d/istio.conf <<'MODULES'",
    ...ISTIO_KERNEL_MODULES,
    "MODULES",
    "systemctl restart systemd-modules-load.service || logger -t kubeflow 'kernel modules for istio-init are missing'",
  ];
}

/**
 * The trust store of the whole node, which containerd reads when nodeadm starts it, and containerd's own folder of the
 * registry, whose path its configuration names (https://github.com/awslabs/amazon-eks-ami, nodeadm's template).
 */
function trusting({ host, ca }: RegistryAuthority): string[] {
  const anchor = "/etc/pki/ca-trust/source/anchors/kubeflow-registry.crt";
  const folder = `${CERTS_DIRECTORY}/${host}`;
  return [
    `cat > ${anchor} <<'CERTIFICATE'`,
    ca.trim(),
    "CERTIFICATE",
    "update-ca-trust",
    `install -D -m 0644 ${anchor} '${folder}/${AUTHORITY_FILE}'`,
    `cat > '${folder}/${HOSTS_FILE}' <<'HOSTS'`,
    hostsToml(host).trim(),
    "HOSTS",
  ];
}

/** https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/ */
function nodeConfig({ cpu, scratch }: UserDataArgs) {
  const pods = maxPods(cpu);
  return {
    apiVersion: "node.eks.aws/v1alpha1",
    kind: "NodeConfig",
    spec: {
      // The expression is what the kubelet's reserve is computed from, the value what it takes.
      kubelet: { maxPodsExpression: String(pods), config: { maxPods: pods } },
      ...(scratch ? { instance: { localStorage: { strategy: "RAID0" } } } : {}),
    },
  };
}
