import { z } from "zod";
import { hasGpus, labelOf, type NodePoolSubject, nodePools, taintKeys } from "../cloud/node-pools.ts";
import { tolerates } from "../kubernetes/gpus.ts";
import { isWorkload } from "../kubernetes/ownership.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { type PodTemplateSubject, podTemplates } from "../kubernetes/pod-templates.ts";
import { listAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

interface SpotSubject extends Subject {
  readonly pool?: NodePoolSubject;
  readonly template?: PodTemplateSubject;
}

/** Taints by which nodes say that their cloud takes them back. */
const SPOT_TAINTS = [
  "kubeflow-on-pulumi/spot",
  "cloud.google.com/gke-spot",
  "spot",
  "kubernetes.azure.com/scalesetpriority",
];

export const spotSafety = resourceRule({
  id: "ml-spot-safety",
  title: "Machines that the cloud takes back run only what can start again",
  severity: "high",
  why: "A spot node goes with two minutes' notice: a training job resumes from its checkpoint, a database or the platform's own control does not.",
  remediation: "Keep spot machines to pools that train, with a taint that only such jobs tolerate.",
  url: "https://docs.aws.amazon.com/eks/latest/best-practices/cas.html",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { saving: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({
    taints: z.array(z.string()).default(SPOT_TAINTS).describe("Taints of which a spot pool must have one"),
    trainingLabel: z
      .string()
      .default("kubeflow-on-pulumi/training")
      .describe("Label of pools whose jobs can start again"),
  }),
  subjects: (resource): SpotSubject[] => [
    ...nodePools(resource).map((pool) => ({ ...pool, pool })),
    ...podTemplates(resource)
      .filter(({ object }) => isWorkload(object))
      .map((template) => ({ ...template, template })),
  ],
  checks: {
    taint: ({ pool, value, name }, { parameters: { taints } }) => {
      if (!pool?.reader.isSpot(value) || taintKeys(pool).some((key) => taints.includes(key))) return;
      return {
        message: `${name} is taken back at any time, and lets everything onto its nodes`,
        path: pool.reader.taintsAt,
        fix: `Give the pool the taint ${taints[0] ?? "of spot machines"} with the effect NoSchedule.`,
      };
    },
    training: ({ pool, value, name }, { parameters: { trainingLabel } }) => {
      if (!pool?.reader.isSpot(value) || labelOf(pool, trainingLabel) === "true") return;
      return {
        message: `${name} is taken back at any time, and nothing says that only training is there`,
        path: pool.reader.spotAt,
        fix: "Set training: true of the pool in cluster.gpuPools, or leave spot out.",
      };
    },
    stateful: ({ template, value, name }, { parameters: { taints } }) => {
      if (template === undefined || template.object.kind === "DaemonSet" || !keepsData(template)) return;
      if (!taints.some((taint) => tolerates(value, taint))) return;
      return {
        message: `${name} has a volume, and may be on nodes that are taken back`,
        path: ["tolerations"],
        fix: "Leave the toleration out.",
      };
    },
    saving: ({ pool, value, name }, { parameters: { trainingLabel } }) => {
      if (pool === undefined || pool.cloud === "digitalocean" || labelOf(pool, trainingLabel) !== "true") return;
      if (pool.reader.isSpot(value) || !hasGpus(pool)) return;
      return {
        message: `${name} is for training and pays the full price; machines that are taken back cost up to 70 % less`,
        path: pool.reader.spotAt,
        fix: "Set spot: true of the pool in cluster.gpuPools, if its jobs write checkpoints.",
      };
    },
  },
  examples: {
    good: [
      pool("SPOT", '{ kubeflow-on-pulumi/training: "true" }', "kubeflow-on-pulumi/spot"),
      pool("ON_DEMAND", "{}", "nvidia.com/gpu"),
    ],
    bad: {
      taint: pool("SPOT", '{ kubeflow-on-pulumi/training: "true" }', "nvidia.com/gpu"),
      training: pool("SPOT", "{}", "kubeflow-on-pulumi/spot"),
      stateful: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: mysql, namespace: kubeflow }
spec:
  template:
    spec:
      tolerations: [{ key: kubeflow-on-pulumi/spot, operator: Exists }]
      containers: [{ name: mysql, image: "mysql:8.0.29" }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: mysql } }]
`,
      saving: pool("ON_DEMAND", '{ kubeflow-on-pulumi/training: "true" }', "nvidia.com/gpu"),
    },
  },
});

/** Whether pods of a template have volumes that outlive them. */
function keepsData({ object, value }: PodTemplateSubject): boolean {
  if (object.kind === "StatefulSet" && listAt(object.value, "spec", "volumeClaimTemplates").length > 0) return true;
  return expand(value, ["volumes", EACH, "persistentVolumeClaim"]).length > 0;
}

function pool(capacity: string, labels: string, taint: string): string {
  return `
type: aws:eks/nodeGroup:NodeGroup
properties:
  instanceTypes: [g5.xlarge]
  capacityType: ${capacity}
  labels: ${labels}
  taints: [{ key: ${taint}, value: "true", effect: NO_SCHEDULE }]
`;
}
