import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../kit/errors.ts";
import { inputOf, parseSettings, type Settings } from "./parse.ts";

export type { Settings } from "./parse.ts";

/** Stands in for the stack secret in a preview, which shows no secret and applies nothing. */
const PREVIEW_SECRET = "in a preview, in place of the stack secret";

/**
 * The settings of the running stack. Read as text in one place, so that what is secret is made a Pulumi secret here
 * rather than where the stack file happens to say so.
 */
export function readSettings(): Settings & { readonly secret: string } {
  const settings = parseSettings(inputOf(pulumi.runtime.allConfig()));
  const { secret } = settings;
  if (secret !== undefined) return { ...settings, secret };
  if (!pulumi.runtime.isDryRun()) {
    throw new UserError("secret is missing: every password of the platform is derived from it", {
      next: 'pulumi config set --secret secret "$(openssl rand -base64 48)"',
      exitCode: 2,
    });
  }
  return { ...settings, secret: PREVIEW_SECRET };
}
