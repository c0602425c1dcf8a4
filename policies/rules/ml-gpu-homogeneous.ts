import { z } from "zod";
import { gpuFamilies, type NodePoolSubject, nodePools } from "../cloud/node-pools.ts";
import { declaredPods } from "../kubernetes/declared-pods.ts";
import { asksForGpu, selectedLabels } from "../kubernetes/gpus.ts";
import type { PodTemplateSubject } from "../kubernetes/pod-templates.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";

interface GpuSubject extends Subject {
  readonly pool?: NodePoolSubject;
  readonly object?: KubernetesSubject;
}

export const gpuHomogeneous = stackRule({
  id: "ml-gpu-homogeneous",
  title: "A job that uses several GPUs uses one kind of them",
  severity: "high",
  why: "Training over V100 and A100 waits for the slowest card at every step, runs out of the smaller one's memory, or stalls in the first collective operation.",
  remediation:
    "Have the job choose one kind of GPU in nodeSelector, by the label kubeflow-on-pulumi/gpu-family or nvidia.com/gpu.product.",
  url: "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/overview.html",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    selectors: z
      .array(z.string())
      .default([
        "kubeflow-on-pulumi/gpu-family",
        "kubeflow-on-pulumi/pool",
        "nvidia.com/gpu.product",
        "cloud.google.com/gke-accelerator",
        "k8s.amazonaws.com/accelerator",
        "node.kubernetes.io/instance-type",
      ])
      .describe("Labels of nodes of which each value stands for one kind of GPU"),
  }),
  subjects: (stack) => [
    ...poolsOf(stack).map((pool): GpuSubject => ({ ...pool, pool })),
    ...stack.objects.map((object): GpuSubject => ({ ...object, object })),
  ],
  checks: {
    pool: ({ pool, name }) => {
      const families = pool === undefined ? [] : gpuFamilies(pool);
      if (pool === undefined || families.length < 2) return;
      return {
        message: `${name} has nodes with ${families.join(" or ")}, as it happens`,
        path: pool.reader.typesAt,
        fix: "Make a pool for each kind of GPU.",
      };
    },
    job: function* ({ object }, { stack, parameters: { selectors } }) {
      const templates = object === undefined ? [] : distributed(object);
      if (templates.length === 0) return;
      const families = new Set(poolsOf(stack).flatMap(gpuFamilies));
      if (families.size < 2) return;
      for (const template of templates) {
        const selected = selectedLabels(template.value);
        if (selectors.some((label) => selected.get(label)?.length === 1)) continue;
        yield {
          message: `${template.name} can be spread over ${[...families].join(" and ")}, and would go at the pace of the slowest`,
          subject: template,
          path: ["nodeSelector"],
        };
      }
    },
  },
  examples: {
    good: [`${pool("gpu-a", "p4d.24xlarge")}---${pool("gpu-v", "p3dn.24xlarge")}---${job("a100-40gb")}`],
    bad: {
      pool: pool("gpu", "p4d.24xlarge, p3.16xlarge"),
      job: `${pool("gpu-a", "p4d.24xlarge")}---${pool("gpu-v", "p3dn.24xlarge")}---${job("")}`,
    },
  },
});

function poolsOf({ resources }: Stack): NodePoolSubject[] {
  return resources.flatMap(nodePools);
}

/** The templates of an object that has more than one pod with GPUs. */
function distributed(object: KubernetesSubject): PodTemplateSubject[] {
  const withGpus = declaredPods(object).filter(({ template }) =>
    template.containers.some(({ value }) => asksForGpu(value)),
  );
  const total = withGpus.reduce((sum, { count }) => sum + count, 0);
  return total < 2 ? [] : withGpus.map(({ template }) => template);
}

function pool(name: string, types: string): string {
  return `
type: aws:eks/nodeGroup:NodeGroup
name: ${name}
properties: { instanceTypes: [${types}] }
`;
}

function job(family: string): string {
  return `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: { name: train, namespace: alice }
spec:
  pytorchReplicaSpecs:
    Worker:
      replicas: 4
      template:
        spec:
          nodeSelector: ${family === "" ? "{ disk: fast }" : `{ kubeflow-on-pulumi/gpu-family: ${family} }`}
          containers: [{ name: pytorch, image: "train:1.0", resources: { limits: { nvidia.com/gpu: 1 } } }]
`;
}
