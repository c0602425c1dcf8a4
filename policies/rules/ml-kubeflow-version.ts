import { z } from "zod";
import { DOKS_CLUSTER, EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { daysBetween, dayOf, today } from "../days.ts";
import { images } from "../kubernetes/images.ts";
import { nameOf, referenceOf } from "../kubernetes/reference.ts";
import { at, textAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { resourceSubject } from "../subjects.ts";
import { isIn, minorOf, versionOf } from "../versions.ts";

interface VersionSubject extends Subject {
  readonly role: "platform" | "cluster" | "image";
}

/** The component of this program that is the platform as a whole. */
const PLATFORM = "kubeflow:kubeflow:Kubeflow";

/** Days on which releases came out, as https://github.com/kubeflow/community-distribution/releases has them. */
const RELEASES = { "1.8.0": "2023-11-01", "1.8.1": "2024-04-08" };

/** What Kubeflow v1.8.1 was put together from, by the name of the image. */
const MATRIX = {
  "katib-controller": "0.16.0",
  "kfp-api-server": "2.0.5",
  "api-server": "2.0.5",
  "kserve-controller": "0.11.2",
  pilot: "1.17.5",
  "cert-manager-controller": "1.12.2",
  centraldashboard: "1.8.0",
  dex: "2.36.0",
};

/** The newest Kubernetes that the release was tried with, and where it says the version. */
const CLUSTERS: Readonly<Record<string, string>> = {
  [EKS_CLUSTER]: "version",
  [GKE_CLUSTER]: "minMasterVersion",
  [DOKS_CLUSTER]: "version",
};

export const kubeflowVersion = resourceRule({
  id: "ml-kubeflow-version",
  title: "The release of Kubeflow has been out for a while, and is whole",
  severity: "medium",
  why: "The step from 1.9 to 1.10 broke sign-on for two days; what others find in a new release in its first months need not happen here. Parts of another version than the release's were never tried together.",
  remediation: "Stay on the release for three to six months after the next one comes out.",
  url: "https://github.com/kubeflow/manifests/releases",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { kubernetes: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({
    kubeflow: z.string().default("1.8.1").describe("The release that is deployed"),
    releaseDates: z.record(z.string(), z.iso.date()).default(RELEASES).describe("Days on which releases came out"),
    minDays: z.int().min(0).default(90).describe("Days after which a release may be deployed"),
    settledDays: z.int().min(0).default(180).describe("Days until which its newness is worth a remark"),
    matrix: z.record(z.string(), z.string()).default(MATRIX).describe("Versions of the release's parts, by image"),
    triedKubernetes: z.string().default("1.27").describe("The newest Kubernetes that the release was tried with"),
    today,
  }),
  subjects: (resource): VersionSubject[] => [
    ...(resource.type === PLATFORM ? [{ ...resourceSubject(resource), role: "platform" as const }] : []),
    ...(resource.type in CLUSTERS ? [{ ...resourceSubject(resource), role: "cluster" as const }] : []),
    ...images(resource).map((image) => ({ ...image, role: "image" as const })),
  ],
  checks: {
    age: ({ role, name }, { parameters }) => {
      if (role !== "platform") return;
      const { kubeflow, releaseDates, minDays, settledDays } = parameters;
      const out = releaseDates[kubeflow];
      if (out === undefined) {
        return { message: `${name} is Kubeflow ${kubeflow}, and nobody wrote down since when it is out`, path: [] };
      }
      const days = daysBetween(out, dayOf(parameters.today));
      if (days >= settledDays) return;
      const message = `${name} is Kubeflow ${kubeflow}, which came out ${days} days ago, on ${out}`;
      return { message, path: [], ...(days >= minDays && { level: "advisory" as const }) };
    },
    matrix: ({ role, value, name }, { parameters: { matrix } }) => {
      const reference = role === "image" ? referenceOf(at(value)) : undefined;
      if (reference === undefined) return;
      const wanted = Object.hasOwn(matrix, nameOf(reference)) ? matrix[nameOf(reference)] : undefined;
      const version = versionOf(reference.tag ?? "");
      if (wanted === undefined || version === undefined || version === versionOf(wanted)) return;
      return { message: `${name} is version ${version}; the release has ${wanted}`, path: [] };
    },
    kubernetes: ({ role, resource, value, name }, { parameters: { kubeflow, triedKubernetes } }) => {
      if (role !== "cluster") return;
      const path = [CLUSTERS[resource.type] ?? ""];
      const version = versionOf(textAt(value, ...path) ?? "");
      if (version === undefined || isIn(version, `<=${minorOf(versionOf(triedKubernetes) ?? "")}.x`)) return;
      return {
        message: `${name} runs Kubernetes ${minorOf(version)}; Kubeflow ${kubeflow} was tried with up to ${triedKubernetes}`,
        path,
        fix: "Rehearse the platform on this version before an upgrade: npm run rehearse.",
      };
    },
  },
  examples: {
    good: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec: { template: { spec: { containers: [{ name: discovery, image: "docker.io/istio/pilot:1.17.5" }] } } }
`,
    ],
    bad: {
      age: `
type: kubeflow:kubeflow:Kubeflow
`,
      matrix: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec: { template: { spec: { containers: [{ name: discovery, image: "docker.io/istio/pilot:1.24.0" }] } } }
`,
      kubernetes: `
type: aws:eks/cluster:Cluster
properties: { version: "1.34" }
`,
    },
    parameters: { today: "2024-05-01" },
  },
});
