import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { creating, guarded, RBAC, type Threat } from "./threat.ts";

type Fields = Readonly<Record<string, unknown>>;

function podIn(namespace: string, spec: Fields = {}, container: Fields = {}, labels = {}): KubernetesObject {
  const main = { name: "main", image: "example.com/tool:1", resources: { limits: { memory: "64Mi" } }, ...container };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "threat", namespace, labels },
    spec: { containers: [main], ...spec },
  };
}

/** To nodes and their GPUs, by pods. */
export const ofPods: readonly Threat[] = [
  {
    what: "mount a directory of the node",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, { volumes: [{ name: "root", hostPath: { path: "/" } }] })),
  },
  {
    what: "run a privileged container",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, {}, { securityContext: { privileged: true } })),
  },
  {
    what: "use the network of the node",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, { hostNetwork: true })),
  },
  {
    what: "choose a node past the scheduler",
    refusedBy: guarded("isolation"),
    attempt: creating((own) => podIn(own, { nodeName: "v100-1" })),
  },
  {
    what: "select another profile's GPU pool",
    refusedBy: guarded("gpus"),
    attempt: creating((own) =>
      podIn(own, {
        nodeSelector: { "kubeflow-on-pulumi/pool": own === "vision" ? "v100" : "a100" },
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      }),
    ),
  },
  {
    what: "take more GPUs than granted",
    refusedBy: { default: /exceeded quota: profile|'kubeflow-gpus'/, view: RBAC },
    attempt: creating((own) =>
      podIn(
        own,
        {
          nodeSelector: { "kubeflow-on-pulumi/pool": own === "vision" ? "a100" : "v100" },
          tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
        },
        { resources: { limits: { memory: "64Mi", "nvidia.com/gpu": "3" } } },
      ),
    ),
  },
];
