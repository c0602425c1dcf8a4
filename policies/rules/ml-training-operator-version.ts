import { z } from "zod";
import { type ImageSubject, images, imagesInTexts } from "../kubernetes/images.ts";
import { nameOf, referenceOf } from "../kubernetes/reference.ts";
import { at, UNKNOWN } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { isIn, versionOf } from "../versions.ts";

export const trainingOperatorVersion = resourceRule({
  id: "ml-training-operator-version",
  title: "The training operator is of a version that trains on several nodes",
  severity: "critical",
  why: "Version 1.9 broke distributed training: jobs start, and their workers never find each other. It was validated up to 1.8.0.",
  remediation: "Pin kubeflow/training-operator to v1.8.0, or to what the release ships.",
  url: "https://github.com/kubeflow/trainer/releases",
  frameworks: [],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { validated: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters: z.strictObject({
    denied: z.string().default(">=1.9.0").describe("Versions that must not run, as a range of semantic versions"),
    validated: z.string().default("1.8.0").describe("The version that was tried with distributed training"),
    aliases: z
      .record(z.string(), z.string())
      .default({ "v1-855e096": "1.7.0" })
      .describe("Versions of tags that say no version; Kubeflow v1.8.1 ships one of them"),
  }),
  subjects: (resource) => [...images(resource), ...imagesInTexts(resource)].filter(isOperator),
  checks: {
    pinned: ({ value, name }, { parameters: { aliases } }) => {
      if (versionIn(value, aliases) !== undefined) return;
      return { message: `${name} does not say which version of the training operator runs`, path: [] };
    },
    denied: ({ value, name }, { parameters: { aliases, denied } }) => {
      const version = versionIn(value, aliases);
      if (version === undefined || !isIn(version, denied)) return;
      return {
        message: `${name} is version ${version} of the training operator, which breaks distributed training`,
        path: [],
      };
    },
    validated: ({ value, name }, { parameters: { aliases, validated, denied } }) => {
      const version = versionIn(value, aliases);
      if (version === undefined || version === versionOf(validated) || isIn(version, denied)) return;
      return {
        message: `${name} is version ${version} of the training operator; ${validated} was validated`,
        path: [],
      };
    },
  },
  examples: {
    good: [operator("v1.8.0"), operator("v1.8.0").replace("kubeflow/", "registry.example.com/mirror/kubeflow/")],
    bad: { pinned: operator("latest"), denied: operator("v1.9.0"), validated: operator("v1-855e096") },
  },
});

/** Whether it is the operator's image, or may be since it is unknown. */
function isOperator({ value }: ImageSubject): boolean {
  if (value === UNKNOWN) return true;
  // Cheap first: the rule looks at every word of every ConfigMap.
  if (typeof value !== "string" || !value.includes("training-operator")) return false;
  const reference = referenceOf(value);
  return reference !== undefined && nameOf(reference) === "training-operator";
}

function versionIn(image: unknown, aliases: Readonly<Record<string, string>>): string | undefined {
  const { tag = "" } = referenceOf(at(image)) ?? {};
  return versionOf((Object.hasOwn(aliases, tag) ? aliases[tag] : undefined) ?? tag);
}

function operator(tag: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: training-operator, namespace: kubeflow }
spec: { template: { spec: { containers: [{ name: operator, image: "kubeflow/training-operator:${tag}" }] } } }
`;
}
