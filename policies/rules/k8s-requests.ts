import { z } from "zod";
import { examplePod } from "../kubernetes/example-pod.ts";
import { isOfPlatform, platformNamespaces } from "../kubernetes/ownership.ts";
import { type ContainerSubject, containers } from "../kubernetes/pod-templates.ts";
import { quantityOf } from "../kubernetes/quantity.ts";
import { at } from "../reading.ts";
import { type Check, resourceRule, type Violation } from "../rule.ts";

const share = z.number().min(0).max(1);

const parameters = z.strictObject({
  minMemoryRequestRatio: share.default(0.8).describe("The least part of its memory limit that a container requests"),
  platformRatio: share.default(0.25).describe("The same for the platform's own containers"),
  platformNamespaces,
});

type Parameters = z.infer<typeof parameters>;

export const requests = resourceRule({
  id: "k8s-requests",
  title: "Every container requests what it uses",
  severity: "medium",
  why: "The scheduler fills nodes by what is requested: a container that requests less than it uses is put where there is no room for it, and the node then kills whatever it finds.",
  remediation: "Set resources.requests of the container: CPU, and memory of about 80 % of its limit.",
  url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0015" },
    { framework: "Trivy", id: "KSV-0016" },
    { framework: "Checkov", id: "CKV_K8S_10" },
    { framework: "Checkov", id: "CKV_K8S_12" },
    { framework: "Kubescape", id: "C-0268" },
    { framework: "Kubescape", id: "C-0269" },
    { framework: "Kyverno", id: "enforce-resources-as-ratio" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "advisory" },
  checkLevels: {
    platformCpu: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
    platformMemory: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
  },
  parameters,
  // A request without a limit is k8s-memory-limits' affair, and a limit without a request counts as one of the same size.
  subjects: (resource) => containers(resource).filter(({ object, kind }) => !object.isPatch && kind !== "ephemeral"),
  checks: {
    cpu: ofUsers(missingCpu),
    memory: ofUsers((container, { parameters: { minMemoryRequestRatio } }) =>
      lowMemory(container, minMemoryRequestRatio),
    ),
    platformCpu: ofThePlatform(missingCpu),
    platformMemory: ofThePlatform((container, { parameters: { platformRatio } }) =>
      lowMemory(container, platformRatio),
    ),
  },
  examples: {
    good: [
      examplePod({
        metadata: "namespace: alice",
        container: "resources: { requests: { cpu: 500m, memory: 800Mi }, limits: { memory: 1000Mi } }",
      }),
    ],
    bad: {
      cpu: examplePod({
        metadata: "namespace: alice",
        container: "resources: { requests: { memory: 800Mi }, limits: { memory: 1000Mi } }",
      }),
      memory: examplePod({
        metadata: "namespace: alice",
        container: "resources: { requests: { cpu: 500m, memory: 100Mi }, limits: { memory: 1000Mi } }",
      }),
      platformCpu: examplePod({
        metadata: "namespace: kubeflow",
        container: "resources: { limits: { memory: 1000Mi } }",
      }),
      platformMemory: examplePod({
        metadata: "namespace: kubeflow",
        container: "resources: { requests: { cpu: 500m, memory: 100Mi }, limits: { memory: 1000Mi } }",
      }),
    },
  },
});

function ofUsers(check: Check<ContainerSubject, Parameters>): Check<ContainerSubject, Parameters> {
  return (container, context) =>
    isOfPlatform(container.object, context.parameters.platformNamespaces) ? undefined : check(container, context);
}

function ofThePlatform(check: Check<ContainerSubject, Parameters>): Check<ContainerSubject, Parameters> {
  return (container, context) =>
    isOfPlatform(container.object, context.parameters.platformNamespaces) ? check(container, context) : undefined;
}

function missingCpu({ value, name }: ContainerSubject): Violation | undefined {
  if (at(value, "resources", "requests", "cpu") !== undefined) return undefined;
  // Kubernetes takes a limit for a request that is left out.
  if (at(value, "resources", "limits", "cpu") !== undefined) return undefined;
  return { message: `${name} requests no CPU`, path: ["resources", "requests", "cpu"] };
}

function lowMemory({ value, name }: ContainerSubject, ratio: number): Violation | undefined {
  const limit = quantityOf(at(value, "resources", "limits", "memory"));
  const path = ["resources", "requests", "memory"];
  const request = quantityOf(at(value, ...path));
  if (limit === undefined || limit === 0) {
    return request === undefined ? { message: `${name} requests no memory`, path } : undefined;
  }
  if (request === undefined || request / limit >= ratio) return undefined;
  const percent = Math.round((request / limit) * 100);
  return { message: `${name} requests ${percent} % of the memory that it may use, less than ${ratio * 100} %`, path };
}
