import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { type ContainerSubject, containers } from "../kubernetes/pod-templates.ts";
import { at } from "../reading.ts";
import { type Check, resourceRule } from "../rule.ts";

const LASTING: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

export const probes = resourceRule({
  id: "hyg-probes",
  title: "Kubernetes can tell whether a program works",
  severity: "low",
  why: "Without a readiness probe a pod gets requests before it can answer, and a rollout replaces the last pod that works; without a liveness probe one that hangs stays.",
  remediation: "Give the container a readinessProbe, and a livenessProbe where a restart helps.",
  url: "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
  frameworks: [
    { framework: "Checkov", id: "CKV_K8S_8" },
    { framework: "Checkov", id: "CKV_K8S_9" },
    { framework: "Kubescape", id: "C-0018" },
    { framework: "Kubescape", id: "C-0056" },
    { framework: "Polaris", id: "readinessProbeMissing" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({}),
  subjects: (resource) =>
    containers(resource).filter(
      ({ object, kind }) => LASTING.has(object.kind) && !object.isPatch && kind === "container",
    ),
  checks: {
    readiness: has("readinessProbe", "does not say when it is ready"),
    liveness: has("livenessProbe", "does not say whether it is alive"),
  },
  examples: {
    good: [deployment("readinessProbe: { httpGet: { port: 80 } }, livenessProbe: { httpGet: { port: 80 } }")],
    bad: {
      readiness: deployment("livenessProbe: { httpGet: { port: 80 } }"),
      liveness: deployment("readinessProbe: { httpGet: { port: 80 } }"),
    },
  },
});

function has(probe: string, lack: string): Check<ContainerSubject, Record<string, never>> {
  return ({ value, name }) =>
    at(value, probe) === undefined ? { message: `${name} ${lack}`, path: [probe] } : undefined;
}

function deployment(lines: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: centraldashboard, namespace: kubeflow }
spec:
  template:
    spec:
      containers:
        - { name: main, image: "kubeflow/centraldashboard:v1.8.0", ${lines} }
`;
}
