import { z } from "zod";
import { isSoForOne } from "../kubernetes/decide.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { podTemplatesOf } from "../kubernetes/pod-templates.ts";
import { at, isTrue, listAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { wholeStack } from "../subjects.ts";

/** A StorageClass, a claim (or template of one), a Deployment, or the stack. */
interface StorageSubject extends Subject {
  readonly object?: KubernetesSubject;
  readonly role: "stack" | "claim" | "deployment";
}

const DEFAULT = ["metadata", "annotations", "storageclass.kubernetes.io/is-default-class"];

const CLAIM = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: mysql, namespace: kubeflow }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
`;

export const storageClass = stackRule({
  id: "k8s-storageclass",
  title: "Every claim of a volume gets one, from one class",
  severity: "high",
  why: "A claim that names no class waits for ever where the cluster has no default one, and gets any of them where it has several; a second pod beside the first never starts where a volume can only be on one node.",
  remediation: "Mark one StorageClass as the default, or name a class in the claim.",
  url: "https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass",
  frameworks: [{ framework: "Kyverno", id: "restrict-storageclass" }],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    providerDefault: z
      .boolean()
      .default(true)
      .describe("Whether the cluster has a default StorageClass that is not of this stack (EKS has none)"),
  }),
  subjects: (stack): StorageSubject[] => [
    ...wholeStack(stack).map((subject) => ({ ...subject, role: "stack" as const })),
    ...claimsOf(stack),
    ...stack.objectsOf("Deployment").map((object) => ({ ...object, object, role: "deployment" as const })),
  ],
  checks: {
    oneDefault: ({ role }, { stack }) => {
      if (role !== "stack") return;
      const [, second] = stack.objectsOf("StorageClass").filter(isDefault);
      if (second === undefined) return;
      return { message: `${second.name} is a second default StorageClass`, path: DEFAULT, subject: second };
    },
    class: ({ role, value, name }, { stack, parameters: { providerDefault } }) => {
      if (role !== "claim" || providerDefault || at(value, "spec", "storageClassName") !== undefined) return;
      if (isSoForOne(stack.objectsOf("StorageClass"), isDefault)) return;
      return {
        message: `${name} names no StorageClass, and there is no default one`,
        path: ["spec", "storageClassName"],
      };
    },
    oneWriter: ({ role, object, value, name }, { stack }) => {
      if (role !== "deployment" || object === undefined) return;
      if (textAt(value, "spec", "strategy", "type") === "Recreate") return;
      const claims = stack.objectsOf("PersistentVolumeClaim", "");
      const names = podTemplatesOf(object).flatMap((pod) =>
        listAt(pod.value, "volumes").flatMap((volume) => textAt(volume, "persistentVolumeClaim", "claimName") ?? []),
      );
      const isHeld = isSoForOne(claims, (claim) => isUsed(claim, names, object) && isOfOneNode(claim));
      if (!isHeld) return;
      return {
        message: `${name} starts a new pod before the old one lets go of their volume`,
        path: ["spec", "strategy"],
        fix: "Set strategy.type of the Deployment to Recreate.",
      };
    },
  },
  examples: {
    parameters: { providerDefault: false },
    good: [`${classOf("gp3", true)}---${CLAIM}`, `${CLAIM.replace("spec: {", "spec: { storageClassName: gp3,")}`],
    bad: {
      oneDefault: `${classOf("gp2", true)}---${classOf("gp3", true)}`,
      class: `${classOf("gp3", false)}---${CLAIM}`,
      oneWriter: `${classOf("gp3", true)}---${CLAIM}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: mysql, namespace: kubeflow }
spec:
  template:
    spec:
      containers: [{ name: mysql, image: mysql:8.0.29 }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: mysql } }]
`,
    },
  },
});

function claimsOf(stack: Stack): StorageSubject[] {
  const claims = stack.objectsOf("PersistentVolumeClaim", "").filter(({ isPatch }) => !isPatch);
  const templates = stack.objectsOf("StatefulSet").flatMap((object) =>
    expand(object.value, ["spec", "volumeClaimTemplates", EACH]).map(({ value, path }) => {
      const name = `a claim of ${object.name}`;
      return {
        resource: object.resource,
        object,
        value,
        path: [...object.path, ...path],
        name,
        role: "claim" as const,
      };
    }),
  );
  return [...claims.map((object) => ({ ...object, object, role: "claim" as const })), ...templates];
}

function isDefault({ value }: KubernetesSubject): boolean {
  return isTrue(value, ...DEFAULT);
}

function isUsed(claim: KubernetesSubject, names: readonly string[], user: KubernetesSubject): boolean {
  const placeOf = ({ value }: KubernetesSubject) => textAt(value, "metadata", "namespace");
  return names.includes(textAt(claim.value, "metadata", "name") ?? "") && placeOf(claim) === placeOf(user);
}

function isOfOneNode({ value }: KubernetesSubject): boolean {
  const modes = textsAt(value, "spec", "accessModes");
  return modes.length > 0 && modes.every((mode) => mode === "ReadWriteOnce" || mode === "ReadWriteOncePod");
}

function classOf(name: string, isDefaultClass: boolean): string {
  return `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: ${name}, annotations: { storageclass.kubernetes.io/is-default-class: "${isDefaultClass}" } }
provisioner: ebs.csi.aws.com
`;
}
