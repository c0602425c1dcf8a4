import { z } from "zod";
import { EKS_NODE_GROUP, GKE_NODE_POOL, LAUNCH_TEMPLATE } from "../cloud/resources.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { at, isGiven, isTrue, type Step, textAt } from "../reading.ts";
import type { Resource, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { ofKind, resourceSubject } from "../subjects.ts";

/** A disk, or what makes disks. */
interface DiskSubject extends Subject {
  /** Where it says that it is encrypted; undefined where the cloud encrypts whatever is said. */
  readonly encryptedAt: readonly Step[] | undefined;
  readonly keyAt: readonly Step[];
}

/** Types that are one disk. */
const DISKS: Readonly<Record<string, Pick<DiskSubject, "encryptedAt" | "keyAt">>> = {
  "aws:ebs/volume:Volume": { encryptedAt: ["encrypted"], keyAt: ["kmsKeyId"] },
  "aws:efs/fileSystem:FileSystem": { encryptedAt: ["encrypted"], keyAt: ["kmsKeyId"] },
  [GKE_NODE_POOL]: { encryptedAt: undefined, keyAt: ["nodeConfig", "bootDiskKmsKey"] },
  "gcp:compute/disk:Disk": { encryptedAt: undefined, keyAt: ["diskEncryptionKey", "kmsKeySelfLink"] },
};

/** Fields that hold disks of a machine. */
const OF_MACHINES: Readonly<Record<string, readonly string[]>> = {
  [LAUNCH_TEMPLATE]: ["blockDeviceMappings"],
  "aws:ec2/instance:Instance": ["ebsBlockDevices", "rootBlockDevice"],
};

export const nodeDiskEncryption = resourceRule({
  id: "cloud-node-disk-encryption",
  title: "Disks of nodes and volumes are encrypted",
  severity: "high",
  why: "Disks hold training data, models and the images' secrets; a snapshot that is shared by mistake, or a disk that is given to somebody else, is read by whoever has it.",
  remediation: "Set encrypted to true on the disk or on the StorageClass that makes it.",
  url: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
  frameworks: [
    { framework: "Trivy", id: "AWS-0008" },
    { framework: "Trivy", id: "AWS-0026" },
    { framework: "Trivy", id: "AWS-0131" },
    { framework: "Checkov", id: "CKV_AWS_3" },
    { framework: "Checkov", id: "CKV_AWS_8" },
    { framework: "CIS GKE", id: "5.9.2" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    cmek: z.boolean().default(false).describe("Whether disks must be encrypted with a key of your own"),
  }),
  subjects: (resource) => [...disksOf(resource), ...classesOf(resource)],
  checks: {
    encrypted: ({ value, name, encryptedAt }) => {
      if (encryptedAt === undefined || isTrue(value, ...encryptedAt)) return;
      return { message: `${name} is not encrypted`, path: encryptedAt };
    },
    key: ({ value, name, keyAt }, { parameters: { cmek } }) => {
      if (!cmek || isGiven(value, ...keyAt)) return;
      return {
        message: `${name} is not encrypted with a key of your own`,
        path: keyAt,
        fix: "Name a key of yours there.",
      };
    },
    /** A machine without a disk in its template gets that of its image, encrypted or not. */
    root: ({ resource, value, name, path }) => {
      if (resource.type === EKS_NODE_GROUP && at(value, "diskSize") !== undefined) {
        return {
          message: `${name} has disks that nobody encrypts`,
          path: ["diskSize"],
          fix: "Describe the disk in the launch template of the node group, and encrypt it.",
        };
      }
      if (resource.type !== LAUNCH_TEMPLATE || path.length > 0) return;
      return {
        message: `${name} leaves the disk of its nodes as their image has it`,
        path: [],
        fix: "Describe the disk in blockDeviceMappings, and encrypt it.",
      };
    },
  },
  examples: {
    good: [
      `
type: aws:ec2/launchTemplate:LaunchTemplate
properties:
  blockDeviceMappings: [{ deviceName: /dev/xvda, ebs: { encrypted: "true", kmsKeyId: arn:aws:kms:1 } }]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: gp3 }
provisioner: ebs.csi.aws.com
parameters: { type: gp3, encrypted: "true", kmsKeyId: arn:aws:kms:1 }
`,
    ],
    bad: {
      encrypted: `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: gp3 }
provisioner: ebs.csi.aws.com
parameters: { type: gp3, kmsKeyId: arn:aws:kms:1 }
`,
      key: `
type: gcp:container/nodePool:NodePool
properties: { nodeConfig: { machineType: n2-standard-8 } }
`,
      root: `
type: aws:ec2/launchTemplate:LaunchTemplate
properties: { instanceType: m5.xlarge }
`,
    },
    parameters: { cmek: true },
  },
});

const NOTHING: Pick<DiskSubject, "encryptedAt"> = { encryptedAt: undefined };

function disksOf(resource: Resource): DiskSubject[] {
  const whole = resourceSubject(resource);
  const own = DISKS[resource.type];
  if (own !== undefined) return [{ ...whole, ...own }];
  if (resource.type === EKS_NODE_GROUP) return [{ ...whole, ...NOTHING, keyAt: ["launchTemplate"] }].filter(hasOwnDisk);
  const fields = OF_MACHINES[resource.type] ?? [];
  const disks = fields.flatMap((field) => {
    const places = Array.isArray(resource.properties[field])
      ? expand(resource.properties, [field, EACH])
      : expand(resource.properties, [field]);
    const ebs = resource.type === LAUNCH_TEMPLATE ? ["ebs"] : [];
    return places.map(({ value, path }) => ({
      ...{ resource, value, path, name: `disk ${textOf(value) ?? path.join(".")} of ${whole.name}` },
      encryptedAt: [...ebs, "encrypted"],
      keyAt: [...ebs, "kmsKeyId"],
    }));
  });
  return disks.length === 0 && resource.type === LAUNCH_TEMPLATE
    ? [{ ...whole, ...NOTHING, keyAt: ["blockDeviceMappings"] }]
    : disks;
}

function hasOwnDisk({ value }: Subject): boolean {
  return Object.hasOwn(value as object, "diskSize");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? textAt({ ...value }, "deviceName") : undefined;
}

/** StorageClasses whose volumes are encrypted only where they say so; other clouds always do. */
function classesOf(resource: Resource): DiskSubject[] {
  return ofKind("StorageClass")(resource)
    .filter(({ value }) => textAt(value, "provisioner") === "ebs.csi.aws.com")
    .map((object) => ({
      ...object,
      encryptedAt: ["parameters", "encrypted"],
      keyAt: ["parameters", "kmsKeyId"],
    }));
}
