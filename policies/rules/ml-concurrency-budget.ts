import { z } from "zod";
import { firstOf } from "../kubernetes/decide.ts";
import { declaredPods, type DeclaredPods, isJob } from "../kubernetes/declared-pods.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import type { PodTemplateSubject } from "../kubernetes/pod-templates.ts";
import { at, numberAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Stack } from "../resource.ts";
import { type CheckContext, stackRule, type Violation } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

const most = (most: number, what: string) => z.int().min(1).default(most).describe(what);

const parameters = z.strictObject({
  storageJobs: most(40, "Most pods of jobs at once on the volumes of one StorageClass, where its IOPS are used up"),
  networkPods: most(60, "Most pods of distributed jobs at once, where the network of the cluster is used up"),
  sharedJobs: most(100, "Most pods of jobs at once on volumes that several nodes write"),
  warnAt: z.number().min(0).max(1).default(0.8).describe("Part of a budget from which on it is worth a remark"),
});

type Context = CheckContext<z.infer<typeof parameters>>;

/** Pods that use the same thing. */
interface Use extends DeclaredPods {
  readonly object: KubernetesSubject;
}

const CONTROLLER = "workflow-controller-configmap";

export const concurrencyBudget = stackRule({
  id: "ml-concurrency-budget",
  title: "Jobs that are declared to run at once leave storage and network enough for each",
  severity: "medium",
  why: "Measured: storage is saturated by about 40 jobs at once, the network by 60 pods with heavy traffic, shared files by 100; beyond that every job gets slower, and some time out.",
  remediation:
    "Lower parallelism, parallelTrialCount or the replicas of workers, or spread the jobs over several StorageClasses.",
  url: "https://www.kubeflow.org/docs/components/katib/user-guides/katib-config/",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { ceiling: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters,
  subjects: wholeStack,
  checks: {
    storage: function* (_, context) {
      const { stack, parameters: budget } = context;
      const uses = usesOf(stack).flatMap((use) => [...classesOf(use, stack)].map((name) => ({ name, use })));
      for (const [name, group] of Map.groupBy(uses, (each) => each.name)) {
        const all = group.map(({ use }) => use);
        yield* overdrawn(all, budget.storageJobs, `volumes of the StorageClass ${name}`, context);
      }
    },
    network: function* (_, context) {
      const { stack, parameters: budget } = context;
      const byObject = Map.groupBy(usesOf(stack), ({ object }) => object);
      const distributed = [...byObject.values()].filter((uses) => totalOf(uses) > 1).flat();
      yield* overdrawn(distributed, budget.networkPods, "the network of the cluster", context);
    },
    shared: function* (_, context) {
      const { stack, parameters: budget } = context;
      const shared = usesOf(stack).filter((use) => claimsOf(use.template, stack).some(isShared));
      yield* overdrawn(shared, budget.sharedJobs, "volumes that several nodes write", context);
    },
    /** What users start is bounded by the controller alone. */
    ceiling: (_, { stack, parameters: { storageJobs } }) => {
      const isController = ({ value }: KubernetesSubject) => textAt(value, "metadata", "name") === CONTROLLER;
      const controller = firstOf(stack.objectsOf("ConfigMap", ""), isController);
      if (controller === undefined) return;
      const most = numberAt(controller.value, "data", "parallelism");
      if (most !== undefined && most <= storageJobs) return;
      return {
        message: `${controller.name} lets ${most ?? "any number of"} workflows run at once; storage is saturated by ${storageJobs}`,
        subject: controller,
        path: ["data", "parallelism"],
        fix: `Set parallelism of ${CONTROLLER} to "${storageJobs}" or less, or the quotas of the profiles so.`,
      };
    },
  },
  examples: {
    good: [`${claim("data", "gp3", "ReadWriteOnce")}---${experiment(8, "data")}`],
    bad: {
      storage: `${claim("data", "gp3", "ReadWriteOnce")}---${experiment(41, "data")}`,
      network: `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: { name: train, namespace: alice }
spec:
  pytorchReplicaSpecs:
    Worker: { replicas: 64, template: { spec: { containers: [{ name: pytorch, image: "train:1.0" }] } } }
`,
      shared: `${claim("data", "efs", "ReadWriteMany")}---${experiment(101, "data")}`,
      ceiling: `
apiVersion: v1
kind: ConfigMap
metadata: { name: workflow-controller-configmap, namespace: kubeflow }
data: { executor: "imagePullPolicy: IfNotPresent" }
`,
    },
  },
});

function usesOf(stack: Stack): Use[] {
  return stack.objects
    .filter(isJob)
    .flatMap((object) => declaredPods(object).map(({ template, count }) => ({ template, count, object })));
}

function totalOf(uses: readonly Use[]): number {
  return uses.reduce((sum, { count }) => sum + count, 0);
}

function* overdrawn(
  uses: readonly Use[],
  budget: number,
  what: string,
  { parameters: { warnAt } }: Context,
): Generator<Violation> {
  const total = totalOf(uses);
  const [largest] = uses.toSorted((a, b) => b.count - a.count);
  if (largest === undefined || total < warnAt * budget) return;
  yield {
    message: `${total} pods of jobs at once use ${what}, which is saturated by ${budget}; the most are of ${largest.object.name}`,
    subject: largest.object,
    path: [],
    ...(total <= budget && { level: "advisory" as const }),
  };
}

/** Claims that a template mounts: claims of the stack, templates of claims, and of others what is known, their names. */
function claimsOf({ object, value }: PodTemplateSubject, stack: Stack): unknown[] {
  const claims = stack.objectsOf("PersistentVolumeClaim", "");
  const named = expand(value, ["volumes", EACH, "persistentVolumeClaim"]).map((place) => {
    const name = textAt(place.value, "claimName");
    const isMeant = (claim: KubernetesSubject) =>
      textAt(claim.value, "metadata", "name") === name &&
      textAt(claim.value, "metadata", "namespace") === object.namespace;
    return firstOf(claims, isMeant)?.value ?? {};
  });
  const ephemeral = expand(value, ["volumes", EACH, "ephemeral", "volumeClaimTemplate"]).map((place) => place.value);
  return [...named, ...ephemeral];
}

function classesOf({ template }: Use, stack: Stack): ReadonlySet<string> {
  const claims = claimsOf(template, stack).filter((claim) => !isShared(claim));
  return new Set(claims.map((claim) => textAt(claim, "spec", "storageClassName") ?? "that is the default"));
}

function isShared(claim: unknown): boolean {
  return (
    at(claim, "spec", "accessModes") !== undefined && textsAt(claim, "spec", "accessModes").includes("ReadWriteMany")
  );
}

function claim(name: string, storageClass: string, mode: string): string {
  return `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name}, namespace: alice }
spec: { storageClassName: ${storageClass}, accessModes: [${mode}] }
`;
}

function experiment(trials: number, claimName: string): string {
  return `
apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: { name: tune, namespace: alice }
spec:
  parallelTrialCount: ${trials}
  trialTemplate:
    trialSpec:
      apiVersion: batch/v1
      kind: Job
      spec:
        template:
          spec:
            containers: [{ name: main, image: "train:1.0" }]
            volumes: [{ name: data, persistentVolumeClaim: { claimName: ${claimName} } }]
`;
}
