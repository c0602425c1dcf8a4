import { z } from "zod";
import { parseReference, type Reference } from "../../components/kubeflow/images/reference.ts";
import { images, imagesInTexts } from "../kubernetes/images.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const imagePinned = resourceRule({
  id: "k8s-image-pinned",
  title: "Every image says which version is meant",
  severity: "medium",
  why: "Without a version a pod runs something else each time it is started, also after a rollback; and whoever can push to a tag can change what runs, which only a digest rules out.",
  remediation: "Give the image a tag that says the version, and its digest (name:tag@sha256:...).",
  url: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
  frameworks: [
    { framework: "Trivy", id: "KSV-0013" },
    { framework: "Checkov", id: "CKV_K8S_14" },
    { framework: "Checkov", id: "CKV_K8S_43" },
    { framework: "Kubescape", id: "C-0306" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { digest: { dev: "advisory", prod: "advisory", airgapped: "mandatory" } },
  parameters: z.strictObject({
    requireDigest: z.boolean().default(true).describe("Whether a digest is asked for as well as a tag"),
  }),
  classParameters: { dev: { requireDigest: false } },
  subjects: (resource) => [...images(resource), ...imagesInTexts(resource)],
  checks: {
    tag: ({ value, name, source }) => {
      const image = at(value);
      if (typeof image !== "string") return;
      const reference = referenceOf(image);
      if (reference === undefined) {
        if (source === "text") return;
        return { message: `${name} has an image that is no reference to one`, path: [] };
      }
      if (reference.digest !== undefined) return;
      if (reference.tag === "latest") return { message: `${name} takes whatever is the latest ${image}`, path: [] };
      if (reference.tag !== undefined || source === "text") return;
      return { message: `${name} does not say which version of ${image}`, path: [] };
    },
    digest: ({ value, name, source }, { parameters: { requireDigest } }) => {
      if (!requireDigest || source === "text") return;
      const image = at(value);
      if (typeof image !== "string") return;
      const reference = referenceOf(image);
      if (reference === undefined || reference.digest !== undefined) return;
      return { message: `${name} has ${image} without its digest`, path: [] };
    },
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
      image: python:3.12@sha256:${"0123456789abcdef".repeat(4)}
`,
    ],
    bad: {
      tag: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:latest }]
`,
      digest: `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  containers: [{ name: main, image: python:3.12 }]
`,
    },
  },
});

function referenceOf(image: string): Reference | undefined {
  try {
    return parseReference(image);
  } catch {
    return undefined;
  }
}
