import type { KubernetesObject } from "../../kit/objects.ts";
import { ISTIO_KERNEL_MODULES } from "../kernel-modules.ts";
import { daemonSet, guaranteed } from "./daemon-set.ts";
import { FURNISHING_IMAGES } from "./images.ts";

/**
 * Loads the modules that istio-init needs, on clouds that run no commands of ours while a node boots. The node's own
 * modprobe does it, since no image has the modules of every kernel. Its pod stays, so that a node that comes back from a
 * reboot has them loaded again.
 */
export function kernelModules(): KubernetesObject {
  return daemonSet("kubeflow-kernel-modules", {
    hostPID: true,
    tolerations: [{ operator: "Exists" }],
    initContainers: [
      {
        name: "modprobe",
        image: FURNISHING_IMAGES.shell,
        command: ["nsenter", "--target", "1", "--mount", "--", "modprobe", "--all", ...ISTIO_KERNEL_MODULES],
        resources: guaranteed("10m", "32Mi"),
        securityContext: { privileged: true },
      },
    ],
    containers: [
      {
        name: "pause",
        image: FURNISHING_IMAGES.pause,
        resources: guaranteed("10m", "16Mi"),
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          runAsUser: 65_535,
          seccompProfile: { type: "RuntimeDefault" },
        },
      },
    ],
  });
}
