import { z } from "zod";
import { isWithin } from "../../components/kubeflow/images/reference.ts";
import { fullNameOf, images, type ImageSubject, imagesInTexts } from "../kubernetes/images.ts";
import { at } from "../reading.ts";
import type { Resource } from "../resource.ts";
import { type Check, resourceRule } from "../rule.ts";

const parameters = z.strictObject({
  registries: z
    .array(
      z
        .string()
        .regex(
          /^[\w.-]+(:\d+)?(\/[\w./-]+)?$/,
          "must be a registry, or a folder or repository of one, without https://",
        ),
    )
    .default(["docker.io", "gcr.io", "ghcr.io", "quay.io", "registry.k8s.io"])
    .describe(
      "Registries, or folders or repositories of them (registry.example.org/kubeflow), that images may come from",
    ),
  scanStrings: z.boolean().default(true).describe("Whether images count that ConfigMaps, variables and arguments name"),
});

export const imageRegistries = resourceRule({
  id: "k8s-image-registry-allowlist",
  title: "Images come from registries that are trusted and within reach",
  severity: "high",
  why: "Without access to the internet a pod with an image from elsewhere never starts, which shows only when a user runs the step that needs it; with access, anybody's image runs.",
  remediation: "Copy the image to a registry of the list and name it there.",
  url: "https://kubernetes.io/docs/concepts/containers/images/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0125" },
    { framework: "Kubescape", id: "C-0078" },
    { framework: "Kubescape", id: "C-0001" },
    { framework: "CIS EKS", id: "5.1.4" },
  ],
  levels: { dev: "disabled", prod: "advisory", airgapped: "mandatory" },
  parameters,
  // Which one is private is not for the pack to know.
  classParameters: { airgapped: { registries: [] } },
  subjects: (resource: Resource, { scanStrings }): ImageSubject[] => [
    ...images(resource),
    ...(scanStrings ? imagesInTexts(resource) : []),
  ],
  checks: { pulled: from("field"), mentioned: from("text") },
  examples: {
    parameters: { registries: ["registry.example.org/kubeflow"] },
    good: [
      `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: "registry.example.org/kubeflow/python:3.12" }]
`,
    ],
    bad: {
      pulled: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: mysql:8.0.29 }]
`,
      mentioned: `
apiVersion: v1
kind: ConfigMap
metadata: { name: config-deployment, namespace: knative-serving }
data: { queue-sidecar-image: gcr.io/knative-releases/queue:v1.10 }
`,
    },
  },
});

function from(wanted: ImageSubject["source"]): Check<ImageSubject, z.infer<typeof parameters>> {
  return ({ value, name, source }, { parameters: { registries } }) => {
    if (source !== wanted) return;
    const image = at(value);
    if (typeof image !== "string") return;
    const full = fullNameOf(image);
    if (registries.some((registry) => isWithin(full, registry))) return;
    return { message: `${name} has an image from elsewhere: ${image}`, path: [] };
  };
}
