import { z } from "zod";
import { SUPPORTED_UNTIL } from "../cloud/releases.ts";
import { DOKS_CLUSTER, EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { dayOf, today } from "../days.ts";
import { at, textAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";
import { isIn, minorOf, versionOf } from "../versions.ts";

/** What says which Kubernetes is meant, and how the tables here call the cloud. */
const CLUSTERS: Readonly<Record<string, { readonly field: string; readonly cloud: string }>> = {
  [EKS_CLUSTER]: { field: "version", cloud: "aws" },
  [GKE_CLUSTER]: { field: "minMasterVersion", cloud: "gcp" },
  [DOKS_CLUSTER]: { field: "version", cloud: "digitalocean" },
};

/** The tools that install, whose versions no resource tells. */
const PROVIDER = "pulumi:providers:kubernetes";

const version = z.string().refine((text) => versionOf(text) !== undefined, "must be a version such as 1.31");

export const kubernetesVersion = resourceRule({
  id: "cloud-k8s-version",
  title: "The cluster runs a Kubernetes that the platform supports and the cloud still repairs",
  severity: "high",
  why: "The platform needs what Kubernetes 1.31 brought, admission policies among it; a version that the cloud no longer repairs keeps its faults, or is replaced on a day that nobody chose.",
  remediation: "Set cluster.version to a newer version of Kubernetes.",
  url: "https://kubernetes.io/releases/",
  frameworks: [
    { framework: "Checkov", id: "CKV_AWS_339" },
    { framework: "Checkov", id: "CKV_GCP_70" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    min: version.default("1.31").describe("The oldest Kubernetes that the platform is installed on"),
    supportTable: z
      .record(z.string(), z.record(z.string(), z.iso.date()))
      .default(SUPPORTED_UNTIL)
      .describe("By cloud and minor version, the last day on which it is repaired; others are not judged"),
    minKubectl: version.default("1.21").describe("The oldest kubectl"),
    minKustomize: version.default("5.4.3").describe("The oldest kustomize"),
    kubectl: version.optional().describe("The kubectl that installs, where one does"),
    kustomize: version.optional().describe("The kustomize that installs, where one does"),
    today,
  }),
  subjects: ofType(...Object.keys(CLUSTERS), PROVIDER),
  checks: {
    given: (subject) => {
      const { resource, value, name } = subject;
      const cluster = CLUSTERS[resource.type];
      if (cluster === undefined || at(value, cluster.field) !== undefined) return;
      return { message: `${name} takes whatever Kubernetes the cloud gives`, path: [cluster.field] };
    },
    min: (subject, { parameters: { min } }) => {
      const said = versionAt(subject);
      if (said === undefined || isIn(said.version, `>=${versionOf(min)}`)) return;
      return { message: `${subject.name} runs Kubernetes ${said.text}; ${min} is the oldest`, path: said.path };
    },
    supported: (subject, { parameters }) => {
      const said = versionAt(subject);
      const until = said && parameters.supportTable[said.cloud]?.[minorOf(said.version)];
      if (said === undefined || until === undefined || dayOf(parameters.today) <= until) return;
      const message = `${subject.name} runs Kubernetes ${said.text}, which the cloud repaired until ${until}`;
      return { message, path: said.path };
    },
    tools: function* ({ resource }, { parameters }) {
      if (resource.type !== PROVIDER) return;
      const { kubectl, kustomize, minKubectl, minKustomize } = parameters;
      const tools = [
        { name: "kubectl", used: kubectl, least: minKubectl },
        { name: "kustomize", used: kustomize, least: minKustomize },
      ];
      for (const { name, used, least } of tools) {
        if (used === undefined || isIn(versionOf(used) ?? "0.0.0", `>=${versionOf(least)}`)) continue;
        const message = `${name} ${used} installs the platform; ${least} is the oldest that can`;
        yield { message, path: [], fix: `Install ${name} ${least} or newer.` };
      }
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
properties: { version: "1.34" }
---
type: gcp:container/cluster:Cluster
properties: { minMasterVersion: 1.33.5-gke.2072000 }
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { version: 1.34.1-do.0 }
`,
    ],
    bad: {
      given: `
type: aws:eks/cluster:Cluster
properties: {}
`,
      min: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { version: 1.30.4-do.0 }
`,
      supported: `
type: aws:eks/cluster:Cluster
properties: { version: "1.31" }
`,
      tools: `
type: pulumi:providers:kubernetes
properties: {}
`,
    },
    parameters: { today: "2026-12-01", kustomize: "5.0.3" },
  },
});

interface Said {
  readonly text: string;
  readonly version: string;
  readonly cloud: string;
  readonly path: readonly string[];
}

/** The version that a cluster asks for; what is none counts as the oldest of all. */
function versionAt({ resource, value }: Subject): Said | undefined {
  const cluster = CLUSTERS[resource.type];
  const text = cluster && textAt(value, cluster.field);
  if (cluster === undefined || text === undefined) return undefined;
  return { text, version: versionOf(text) ?? "0.0.0", cloud: cluster.cloud, path: [cluster.field] };
}
