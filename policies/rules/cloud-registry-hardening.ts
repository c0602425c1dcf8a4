import { z } from "zod";
import { isTrue, textAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

const ECR = "aws:ecr/repository:Repository";
const ARTIFACTS = "gcp:artifactregistry/repository:Repository";

export const registryHardening = resourceRule({
  id: "cloud-registry-hardening",
  title: "Registries look into images and never change one",
  severity: "high",
  why: "A tag that can be moved runs on every node from the next pull on, whoever moved it; an image that nobody scans keeps the faults of the day on which it was built.",
  remediation: "Make tags immutable and turn on scanning of what is pushed.",
  url: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0030" },
    { framework: "Trivy", id: "AWS-0031" },
    { framework: "Trivy", id: "AWS-0033" },
    { framework: "Checkov", id: "CKV_AWS_51" },
    { framework: "Checkov", id: "CKV_AWS_136" },
    { framework: "Checkov", id: "CKV_AWS_163" },
    { framework: "CIS EKS", id: "5.1.1" },
    { framework: "CIS GKE", id: "5.1.1" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    scan: z.boolean().default(true).describe("Whether what is pushed must be scanned"),
    immutable: z.boolean().default(true).describe("Whether tags must stay what they are"),
  }),
  subjects: ofType(ECR, ARTIFACTS),
  checks: {
    scan: ({ resource, value, name }, { parameters }) => {
      const path =
        resource.type === ECR
          ? ["imageScanningConfiguration", "scanOnPush"]
          : ["vulnerabilityScanningConfig", "enablementConfig"];
      const isScanned = resource.type === ECR ? isTrue(value, ...path) : textAt(value, ...path) !== "DISABLED";
      if (!parameters.scan || isScanned) return;
      return { message: `${name} takes images without a look`, path };
    },
    immutable: ({ resource, value, name }, { parameters }) => {
      if (!parameters.immutable || (resource.type !== ECR && textAt(value, "format") !== "DOCKER")) return;
      const path = resource.type === ECR ? ["imageTagMutability"] : ["dockerConfig", "immutableTags"];
      const isFixed =
        resource.type === ECR ? (textAt(value, ...path) ?? "").startsWith("IMMUTABLE") : isTrue(value, ...path);
      if (isFixed) return;
      return { message: `${name} lets tags be moved to another image`, path };
    },
  },
  examples: {
    good: [
      `
type: aws:ecr/repository:Repository
properties: { imageTagMutability: IMMUTABLE, imageScanningConfiguration: { scanOnPush: true } }
---
type: gcp:artifactregistry/repository:Repository
properties: { format: DOCKER, dockerConfig: { immutableTags: true } }
`,
    ],
    bad: {
      scan: `
type: aws:ecr/repository:Repository
properties: { imageTagMutability: IMMUTABLE, imageScanningConfiguration: { scanOnPush: false } }
`,
      immutable: `
type: gcp:artifactregistry/repository:Repository
properties: { format: DOCKER }
`,
    },
  },
});
