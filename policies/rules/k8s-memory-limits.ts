import { z } from "zod";
import { isOfPlatform, isWorkload, platformNamespaces } from "../kubernetes/ownership.ts";
import { type ContainerSubject, containers } from "../kubernetes/pod-templates.ts";
import { at } from "../reading.ts";
import { resourceRule, type Violation } from "../rule.ts";

export const memoryLimits = resourceRule({
  id: "k8s-memory-limits",
  title: "Every container has a memory limit",
  severity: "critical",
  why: "One container without a limit can take all memory of a node and everything on it; missing limits are the cause of about 40 % of failed pipelines.",
  remediation: "Set resources.limits.memory of the container, and its request to about 80 % of that.",
  url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0018" },
    { framework: "Checkov", id: "CKV_K8S_13" },
    { framework: "Kubescape", id: "C-0271" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { platform: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" } },
  parameters: z.strictObject({
    includeCRs: z
      .boolean()
      .default(true)
      .describe("Whether custom resources count, and templates that ConfigMaps hold as text"),
    platformNamespaces,
  }),
  subjects: (resource, { includeCRs }) =>
    containers(resource).filter(
      ({ object, kind }) => !object.isPatch && kind !== "ephemeral" && (includeCRs || isWorkload(object)),
    ),
  checks: {
    limit: (container, { parameters }) =>
      isOfPlatform(container.object, parameters.platformNamespaces) ? undefined : missingLimit(container),
    platform: (container, { parameters }) =>
      isOfPlatform(container.object, parameters.platformNamespaces) ? missingLimit(container) : undefined,
  },
  examples: {
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers:
    - name: main
      image: python:3.12
      resources: { requests: { memory: 800Mi }, limits: { memory: 1Gi } }
`,
    ],
    bad: {
      platform: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ml-pipeline, namespace: kubeflow }
spec:
  template:
    spec:
      containers: [{ name: main, image: python:3.12 }]
`,
      limit: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers:
    - name: main
      image: python:3.12
      resources: { requests: { memory: 800Mi } }
`,
    },
  },
});

function missingLimit({ value, name }: ContainerSubject): Violation | undefined {
  if (at(value, "resources", "limits", "memory") !== undefined) return undefined;
  return { message: `${name} has no memory limit`, path: ["resources", "limits", "memory"] };
}
