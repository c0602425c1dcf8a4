import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { examplePod } from "../kubernetes/example-pod.ts";
import { fullNameOf, images, imagesInTexts } from "../kubernetes/images.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const deprecatedRegistries = resourceRule({
  id: "hyg-deprecated-registries",
  title: "Images come from where they are still published and mended",
  severity: "medium",
  why: "A registry that is closed down takes the platform with it at the next start of a pod; an image that nobody builds any more keeps every flaw that is found in it.",
  remediation: "Name the image where it is published now, or copy it to a registry of yours.",
  url: "https://kubernetes.io/blog/2023/03/10/image-registry-redirect/",
  frameworks: [{ framework: "Kyverno", id: "block-stale-images" }],
  levels: HYGIENE,
  parameters: z.strictObject({
    prefixes: z
      .record(z.string(), z.string())
      .default({
        "k8s.gcr.io/": "frozen in 2023, registry.k8s.io took its place",
        "gcr.io/ml-pipeline/": "gone since November 2025; Pipelines is published at ghcr.io/kubeflow since 2.4",
        "gcr.io/kubebuilder/": "gone since March 2026; kube-rbac-proxy is published at quay.io/brancz",
        "gcr.io/google-containers/": "of a form that containerd 2 does not pull",
        "docker.io/library/python:3.7": "Python 3.7 has had no repairs since June 2023",
        "docker.io/library/python:3.8": "Python 3.8 has had no repairs since October 2024",
        "docker.io/library/mysql:8.0": "MySQL 8.0 has had no repairs since April 2026",
      })
      .describe("What an image must not begin with, written in full (docker.io/library/...), and why"),
  }),
  subjects: (resource) => [...images(resource), ...imagesInTexts(resource)],
  checks: {
    image: ({ value, name }, { parameters: { prefixes } }) => {
      const image = at(value);
      if (typeof image !== "string") return;
      const full = fullNameOf(image);
      const found = Object.entries(prefixes).find(([prefix]) => full.startsWith(prefix));
      return found && { message: `${name} has ${image}: ${found[1]}`, path: [] };
    },
  },
  examples: {
    good: [examplePod({ image: "ghcr.io/kubeflow/kfp-api-server:2.4.1" })],
    bad: { image: examplePod({ image: "gcr.io/ml-pipeline/api-server:2.0.5" }) },
  },
});
