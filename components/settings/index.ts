import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../kit/errors.ts";
import { inputOf, parseSettings, type Settings } from "./parse.ts";

export type { Settings } from "./parse.ts";

/**
 * The settings of the running stack. Read as text in one place, so that what is secret is made a Pulumi secret here
 * rather than where the stack file happens to say so.
 */
export function readSettings(): Settings {
  const settings = parseSettings(inputOf(pulumi.runtime.allConfig()));
  if (settings.secret === undefined && !pulumi.runtime.isDryRun()) {
    throw new UserError("secret is missing: every password of the platform is derived from it", {
      next: 'pulumi config set --secret secret "$(openssl rand -base64 48)"',
      exitCode: 2,
    });
  }
  return settings;
}
