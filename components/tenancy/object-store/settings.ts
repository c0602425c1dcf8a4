import { z } from "zod";
import { storeSettings } from "../../kubeflow/services/settings.ts";

/** An object store of one profile, or a part of the platform's, with keys that no other profile has. */
export const profileStoreSettings = z
  .strictObject({
    bucket: storeSettings.bucket.describe(
      "the name of a bucket that exists, of 3 to 63 lower-case letters, digits, dots and dashes",
    ),
    /** What the keys of its objects begin with; `profiles/<name>` where it is left out. */
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/)
      .describe("what keys of objects begin with, such as teams/vision, without a slash at its ends")
      .optional(),
    /** Spoken to in the language of S3; the platform's store where it is left out. */
    endpoint: storeSettings.endpoint
      .describe("a host, with a port where it is not that of HTTPS, without a scheme and a path")
      .optional(),
    region: storeSettings.region.describe("a region such as eu-west-1").optional(),
    secure: z.boolean().describe("true or false").optional(),
    accessKey: storeSettings.accessKey,
    secretKey: storeSettings.secretKey,
  })
  .superRefine((settings, context) => {
    if (settings.endpoint !== undefined) return;
    for (const key of ["region", "secure"] as const) {
      if (settings[key] === undefined) continue;
      const message = "left out, as without an endpoint the store is the platform's";
      context.addIssue({ code: "custom", path: [key], message });
    }
  });

export type ProfileStoreSettings = z.infer<typeof profileStoreSettings>;

/** Paths of these settings that hold secrets. */
export const PROFILE_STORE_SECRETS = ["profiles[].objectStore.accessKey", "profiles[].objectStore.secretKey"] as const;

/** Below which the objects of a profile are. */
export function prefixOf(profile: string, { prefix }: Pick<ProfileStoreSettings, "prefix">): string {
  return prefix ?? `profiles/${profile}`;
}
