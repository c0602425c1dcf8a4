import { createHash } from "node:crypto";
import type { KubernetesObject } from "../../kit/objects.ts";
import {
  AUTHORITY_FILE,
  CERTS_DIRECTORY,
  HOSTS_FILE,
  hostsToml,
  type RegistryAuthority,
} from "../registry-authority.ts";
import { daemonSet, guaranteed } from "./daemon-set.ts";
import { FURNISHING_IMAGES } from "./images.ts";

/** Name of the DaemonSet, and of the ConfigMap that it reads. */
const NAME = "kubeflow-registry-authority";
const GIVEN = "/authority";
const TAKEN = "/certs.d";
const FINGERPRINT = "kubeflow-on-pulumi/registry-authority";

/**
 * Keeps the files of one folder in another. Whole files only: containerd may read at any time. Again every minute: some
 * clouds put the files of their nodes back.
 */
export function keepingFiles(from: string, to: string): string {
  return `trap 'exit 0' TERM
while true; do
  for file in ${AUTHORITY_FILE} ${HOSTS_FILE}; do
    cp -L ${from}/$file ${to}/.$file && mv ${to}/.$file ${to}/$file || exit 1
  done
  sleep 60 & wait $!
done`;
}

export interface RegistryAuthorityOptions extends RegistryAuthority {
  /** Has `sh`, `cp` and `mv`. @default busybox, as it is published */
  readonly image?: string | undefined;
  /** Containerd's `config_path` on the nodes. @default {@link CERTS_DIRECTORY} */
  readonly directory?: string | undefined;
}

/**
 * Writes a registry's authority where containerd of each node looks for it, on clouds that prepare no nodes. It is root,
 * as the folder is root's, without any of root's capabilities, and sees nothing of the node but that one folder.
 */
export function registryAuthority(options: RegistryAuthorityOptions): KubernetesObject[] {
  const { host, ca, image = FURNISHING_IMAGES.shell, directory = CERTS_DIRECTORY } = options;
  const data = { [AUTHORITY_FILE]: ca, [HOSTS_FILE]: hostsToml(host, directory) };
  const fingerprint = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 16);
  const writer = daemonSet(
    NAME,
    {
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: "write",
          image,
          command: ["sh", "-c", keepingFiles(GIVEN, TAKEN)],
          resources: guaranteed("10m", "32Mi"),
          securityContext: {
            runAsUser: 0,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
            seccompProfile: { type: "RuntimeDefault" },
          },
          volumeMounts: [
            { name: "authority", mountPath: GIVEN, readOnly: true },
            { name: "registry", mountPath: TAKEN },
          ],
        },
      ],
      volumes: [
        { name: "authority", configMap: { name: NAME } },
        { name: "registry", hostPath: { path: `${directory}/${host}`, type: "DirectoryOrCreate" } },
      ],
    },
    { [FINGERPRINT]: fingerprint },
  );
  return [{ apiVersion: "v1", kind: "ConfigMap", metadata: writer.metadata, data }, writer];
}
