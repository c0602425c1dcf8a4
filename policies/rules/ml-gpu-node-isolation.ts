import { z } from "zod";
import { hasGpus, labelOf, type NodePoolSubject, nodePools, taintKeys } from "../cloud/node-pools.ts";
import { asksForGpu, gpusOf, tolerates } from "../kubernetes/gpus.ts";
import { type PodTemplateSubject, podTemplates } from "../kubernetes/pod-templates.ts";
import type { Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

interface IsolationSubject extends Subject {
  readonly pool?: NodePoolSubject;
  readonly template?: PodTemplateSubject;
}

const GPU = "nvidia.com/gpu";

export const gpuNodeIsolation = resourceRule({
  id: "ml-gpu-node-isolation",
  title: "Nodes with GPUs are for what uses GPUs",
  severity: "high",
  why: "A web server on a GPU node keeps training off the most expensive machine of the cluster, and the autoscaler from taking it away; a fifth of all failed runs were conflicts over GPUs.",
  remediation: "Taint nodes with GPUs, and tolerate the taint in pods that ask for a GPU, and only there.",
  url: "https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/",
  frameworks: [{ framework: "Kyverno", id: "check-nvidia-gpus" }],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    taintKey: z.string().default(GPU).describe("Taint of nodes with GPUs"),
    labels: z
      .array(z.string())
      .default(["kubeflow-on-pulumi/gpu-family", "nvidia.com/gpu.product", "cloud.google.com/gke-accelerator"])
      .describe("Labels of which nodes with GPUs must have one, by which jobs choose them"),
  }),
  subjects: (resource): IsolationSubject[] => [
    ...nodePools(resource).map((pool) => ({ ...pool, pool })),
    ...podTemplates(resource).map((template) => ({ ...template, template })),
  ],
  checks: {
    taint: ({ pool, name }, { parameters: { taintKey } }) => {
      if (pool === undefined || !hasGpus(pool) || taintKeys(pool).includes(taintKey)) return;
      return {
        message: `${name} has GPUs and lets everything onto its nodes`,
        path: pool.reader.taintsAt,
        fix: `Give the pool the taint ${taintKey} with the effect NoSchedule.`,
      };
    },
    label: ({ pool, name }, { parameters: { labels } }) => {
      if (pool === undefined || !hasGpus(pool) || labels.some((label) => labelOf(pool, label) !== undefined)) return;
      return {
        message: `${name} has GPUs, and no label says which`,
        path: pool.reader.labelsAt,
        fix: `Give the pool the label ${labels[0] ?? "of its GPU"}.`,
      };
    },
    toleration: ({ template, value, name }, { parameters: { taintKey } }) => {
      if (template === undefined || !asks(template) || tolerates(value, taintKey)) return;
      return {
        message: `${name} asks for a GPU, and may be on no node that has one`,
        path: ["tolerations"],
        fix: `Add a toleration of ${taintKey}.`,
      };
    },
    stray: ({ template, value, name }, { parameters: { taintKey } }) => {
      // What runs on every node has to be on these too.
      if (template === undefined || template.object.kind === "DaemonSet") return;
      if (asks(template) || !tolerates(value, taintKey)) return;
      return {
        message: `${name} uses no GPU and takes the place of what does`,
        path: ["tolerations"],
        fix: `Leave the toleration of ${taintKey}, or of everything, out.`,
      };
    },
    requests: function* ({ template }) {
      for (const container of template?.containers ?? []) {
        const limits = gpusOf(container.value, "limits");
        for (const [resource, count] of gpusOf(container.value, "requests")) {
          if (limits.get(resource) === count) continue;
          yield {
            message: `${container.name} requests ${count} of ${resource} and is limited to ${limits.get(resource) ?? "none"}`,
            subject: container,
            path: ["resources"],
            fix: `Set the limit of ${resource} only; it is the request as well.`,
          };
        }
      }
    },
  },
  examples: {
    good: [
      `
type: aws:eks/nodeGroup:NodeGroup
properties:
  instanceTypes: [g5.xlarge]
  labels: { kubeflow-on-pulumi/gpu-family: a10g }
  taints: [{ key: nvidia.com/gpu, value: present, effect: NO_SCHEDULE }]
---
${pod("tolerations: [{ key: nvidia.com/gpu, operator: Exists }]", "limits: { nvidia.com/gpu: 1 }")}`,
    ],
    bad: {
      taint: `
type: digitalocean:index/kubernetesNodePool:KubernetesNodePool
properties: { size: gpu-h100x1-80gb, labels: { kubeflow-on-pulumi/gpu-family: h100 }, taints: [] }
`,
      label: `
type: gcp:container/nodePool:NodePool
properties:
  nodeConfig:
    machineType: g2-standard-8
    labels: {}
    taints: [{ key: nvidia.com/gpu, value: present, effect: NO_SCHEDULE }]
`,
      toleration: pod("tolerations: []", "limits: { nvidia.com/gpu: 1 }"),
      stray: pod("tolerations: [{ operator: Exists }]", "limits: { memory: 1Gi }"),
      requests: pod(
        "tolerations: [{ key: nvidia.com/gpu, operator: Exists }]",
        "limits: { nvidia.com/gpu: 2 }, requests: { nvidia.com/gpu: 1 }",
      ),
    },
  },
});

function asks({ containers }: PodTemplateSubject): boolean {
  return containers.some(({ value }) => asksForGpu(value));
}

function pod(line: string, resources: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  ${line}
  containers: [{ name: main, image: "train:1.0", resources: { ${resources} } }]
`;
}
