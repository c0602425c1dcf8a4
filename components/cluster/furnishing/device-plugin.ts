import type { KubernetesObject } from "../../kit/objects.ts";
import { GPU_TAINT, NODE_LABELS, SPOT_TAINT } from "../sizing/pools.ts";
import { daemonSet, guaranteed } from "./daemon-set.ts";
import { FURNISHING_IMAGES } from "./images.ts";

const PLUGINS = "/var/lib/kubelet/device-plugins";

/** NVIDIA's device plugin on the nodes that have GPUs: without it no pod is given one. The driver is the node's. */
export function devicePlugin(): KubernetesObject {
  return daemonSet("nvidia-device-plugin", {
    nodeSelector: { [NODE_LABELS.gpu]: "true" },
    tolerations: [GPU_TAINT, SPOT_TAINT].map(({ key, effect }) => ({ key, operator: "Exists", effect })),
    containers: [
      {
        name: "nvidia-device-plugin",
        image: FURNISHING_IMAGES.devicePlugin,
        // A node whose driver is broken says so, rather than having no GPUs in silence.
        env: [{ name: "FAIL_ON_INIT_ERROR", value: "true" }],
        resources: guaranteed("50m", "128Mi"),
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        volumeMounts: [{ name: "device-plugins", mountPath: PLUGINS }],
      },
    ],
    volumes: [{ name: "device-plugins", hostPath: { path: PLUGINS } }],
  });
}
