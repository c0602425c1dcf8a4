import { X509Certificate } from "node:crypto";
import { z } from "zod";
import {
  DISTRIBUTION_SECRETS,
  distributionProblems,
  distributionSettings,
} from "../../registry/distribution/settings.ts";
import { HARBOR_SECRETS, harborProblems, harborSettings } from "../../registry/harbor/settings.ts";
import { isInCluster, managedRegistryOf, MANAGED_NAMES } from "../../registry/kinds.ts";
import { isReference } from "../images/reference.ts";
import { movingTo } from "../images/rewrite.ts";

const registry = z
  .string()
  .refine(isRegistry)
  .describe("a registry, with the folder that the images are below, such as registry.example.com:5000/kubeflow")
  .refine((text) => !isRegistry(text) || !isInCluster(text), {
    message: "a registry beside the cluster: one inside of it would have to be pulled from itself",
  });

const ca = z.string().refine(isCertificate).describe("the certificate of the registry's authority in PEM, as text");

const pullSecret = z.strictObject({
  username: z.string().min(1).describe("a user or robot account that may pull"),
  password: z.string().min(1).describe("its password or token; set it with --secret"),
});

const nodes = z.strictObject({
  authority: z
    .enum(["install", "given"])
    .describe("install (nodes are made to trust airGap.ca; the default), or given (they trust it already)")
    .optional(),
  image: z
    .string()
    .refine(isReference)
    .describe("an image with a shell that nodes can pull before they trust airGap.ca")
    .optional(),
  directory: z
    .string()
    .regex(/^\/[^:]*[^:/]$/)
    .describe("containerd's config_path on the nodes, such as /etc/containerd/certs.d")
    .optional(),
});

const verify = z
  .boolean()
  .describe("true (before anything is applied, the registry is asked for every image) or false");

/** `airGap`: an installation that pulls from one registry of its own and from nowhere else. */
export const airGapSettings = z
  .strictObject({
    registry,
    create: z.boolean().describe("true or false").optional(),
    distribution: distributionSettings.optional(),
    harbor: harborSettings.optional(),
    ca: ca.optional(),
    pullSecret: pullSecret.optional(),
    nodes: nodes.optional(),
    verify: verify.optional(),
  })
  .superRefine(({ distribution, ...surroundings }, context) => {
    if (context.issues.length > 0 || distribution === undefined) return;
    for (const { path, message } of distributionProblems({ ...surroundings, distribution })) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  })
  .superRefine(({ harbor, ...surroundings }, context) => {
    if (context.issues.length > 0 || harbor === undefined) return;
    for (const { path, message } of harborProblems({ ...surroundings, harbor })) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  })
  .superRefine(({ registry: name, create, pullSecret: account }, context) => {
    if (context.issues.length > 0 || create !== true) return;
    const managed = managedRegistryOf(name);
    if (managed === undefined) {
      const message = `left out, as only these are made here: ${MANAGED_NAMES}; airGap.harbor makes a project of Harbor, airGap.distribution stands a registry up in another cluster, and one that is there is named by airGap.registry alone`;
      context.addIssue({ code: "custom", path: ["create"], message });
    }
    if (managed?.kind === "docr" && account === undefined) {
      const message =
        "given, as DOCR lets nobody pull without a sign-in: a token of DigitalOcean that may read registries, as username and as password";
      context.addIssue({ code: "custom", path: ["pullSecret"], message });
    }
  });

export type AirGapSettings = z.infer<typeof airGapSettings>;

/** Paths of these settings that hold secrets, at or below them. */
export const AIR_GAP_SECRETS = ["airGap.pullSecret", ...DISTRIBUTION_SECRETS, ...HARBOR_SECRETS] as const;

function isRegistry(text: string): boolean {
  try {
    movingTo(text);
    return true;
  } catch {
    return false;
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).ca;
  } catch {
    return false;
  }
}
