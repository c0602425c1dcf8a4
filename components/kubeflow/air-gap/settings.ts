import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { movingTo } from "../images/rewrite.ts";

const registry = z
  .string()
  .refine(isRegistry)
  .describe("a registry, with the folder that the images are below, such as registry.example.com:5000/kubeflow");

const ca = z.string().refine(isCertificate).describe("the certificate of the registry's authority in PEM, as text");

const pullSecret = z.strictObject({
  username: z.string().min(1).describe("a user or robot account that may pull"),
  password: z.string().min(1).describe("its password or token; set it with --secret"),
});

const verify = z
  .boolean()
  .describe("true (before anything is applied, the registry is asked for every image) or false");

/** `airGap`: an installation that pulls from one registry of its own and from nowhere else. */
export const airGapSettings = z.strictObject({
  registry,
  ca: ca.optional(),
  pullSecret: pullSecret.optional(),
  verify: verify.optional(),
});

export type AirGapSettings = z.infer<typeof airGapSettings>;

/** Paths of these settings that hold secrets, at or below them. */
export const AIR_GAP_SECRETS = ["airGap.pullSecret"] as const;

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
