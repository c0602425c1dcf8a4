import { z } from "zod";
import { EKS_CLUSTER, GKE_CLUSTER } from "../cloud/resources.ts";
import { isGiven, isTrue, numberAt, textAt, textsAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

const AWS_KEY = "aws:kms/key:Key";
const GOOGLE_KEY = "gcp:kms/cryptoKey:CryptoKey";
const DAY_S = 24 * 60 * 60;

export const secretsEncryption = resourceRule({
  id: "cloud-secrets-encryption",
  title: "Secrets are encrypted with a key of your own before they are written to the cluster's database",
  severity: "high",
  why: "Whoever gets hold of the database or of a backup of it reads every password and token, unless they are encrypted with a key that can be taken away.",
  remediation: "Give the cluster a key of the cloud's key management for its Secrets.",
  url: "https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0039" },
    { framework: "Checkov", id: "CKV_AWS_58" },
    { framework: "CIS EKS", id: "5.3.1" },
    { framework: "CIS GKE", id: "5.3.1" },
    { framework: "Kubescape", id: "C-0066" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    kmsKey: z.boolean().default(true).describe("Whether the key must be one of your own"),
    maxRotationDays: z.int().min(1).default(365).describe("Most days after which a key of your own is renewed"),
  }),
  // DigitalOcean encrypts the database itself and takes no key.
  subjects: ofType(EKS_CLUSTER, GKE_CLUSTER, AWS_KEY, GOOGLE_KEY),
  checks: {
    encrypted: ({ resource, value, name }) => {
      if (resource.type === EKS_CLUSTER && !textsAt(value, "encryptionConfig", "resources").includes("secrets")) {
        return {
          message: `${name} writes Secrets as they are`,
          path: ["encryptionConfig", "resources"],
          fix: "Set encryptionConfig of the cluster to resources: [secrets] and a key.",
        };
      }
      if (resource.type === GKE_CLUSTER && textAt(value, "databaseEncryption", "state") !== "ENCRYPTED") {
        return {
          message: `${name} writes Secrets without encrypting them itself`,
          path: ["databaseEncryption", "state"],
          fix: "Set databaseEncryption of the cluster to state: ENCRYPTED and a key.",
        };
      }
      return;
    },
    key: ({ resource, value, name }, { parameters: { kmsKey } }) => {
      const path = KEYS[resource.type];
      if (!kmsKey || path === undefined || isGiven(value, ...path)) return;
      return { message: `${name} has no key of its own for Secrets`, path };
    },
    rotation: ({ resource, value, name }, { parameters: { maxRotationDays } }) => {
      if (resource.type === AWS_KEY && textAt(value, "customerMasterKeySpec") === undefined) {
        const days = numberAt(value, "rotationPeriodInDays") ?? 365;
        if (isTrue(value, "enableKeyRotation") && days <= maxRotationDays) return;
        return { message: `${name} is not renewed every ${maxRotationDays} days`, path: ["enableKeyRotation"] };
      }
      if (resource.type === GOOGLE_KEY && (textAt(value, "purpose") ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT") {
        const seconds = Number.parseFloat(textAt(value, "rotationPeriod") ?? "");
        if (seconds <= maxRotationDays * DAY_S) return;
        return { message: `${name} is not renewed every ${maxRotationDays} days`, path: ["rotationPeriod"] };
      }
      return;
    },
  },
  examples: {
    good: [
      `
type: aws:eks/cluster:Cluster
properties:
  encryptionConfig: { resources: [secrets], provider: { keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1" } }
---
type: aws:kms/key:Key
properties: { enableKeyRotation: true }
---
type: gcp:container/cluster:Cluster
properties:
  databaseEncryption: { state: ENCRYPTED, keyName: projects/p/locations/l/keyRings/r/cryptoKeys/k }
---
type: gcp:kms/cryptoKey:CryptoKey
properties: { rotationPeriod: 7776000s }
`,
    ],
    bad: {
      encrypted: `
type: gcp:container/cluster:Cluster
properties: { databaseEncryption: { state: DECRYPTED } }
`,
      key: `
type: aws:eks/cluster:Cluster
properties: { encryptionConfig: { resources: [secrets], provider: {} } }
`,
      rotation: `
type: aws:kms/key:Key
properties: { enableKeyRotation: false }
`,
    },
  },
});

const KEYS: Readonly<Record<string, readonly string[]>> = {
  [EKS_CLUSTER]: ["encryptionConfig", "provider", "keyArn"],
  [GKE_CLUSTER]: ["databaseEncryption", "keyName"],
};
