import { UserError } from "../../kit/errors.ts";
import type { HarborSettings } from "./settings.ts";

/** What the provider takes from the environment, all of one list. */
const SIGN_INS = [["HARBOR_USERNAME", "HARBOR_PASSWORD"], ["HARBOR_BEARER_TOKEN"], ["HARBOR_SESSION_ID"]] as const;

export const NEXT_WITHOUT_ADMINISTRATOR =
  "export HARBOR_USERNAME and HARBOR_PASSWORD, or set airGap.harbor.administrator: username, and the password with pulumi config set --secret --path airGap.harbor.administrator.password";

/** Whether there is an account to make the project with. */
export function hasAdministrator({ administrator }: HarborSettings, env: NodeJS.ProcessEnv): boolean {
  const isSet = (name: string) => (env[name] ?? "") !== "";
  return administrator !== undefined || SIGN_INS.some((names) => names.every(isSet));
}

/** Ends a run that Harbor would refuse, before anything is made. Throws UserError. */
export function requireAdministrator(settings: HarborSettings, env: NodeJS.ProcessEnv): void {
  if (hasAdministrator(settings, env)) return;
  throw new UserError("airGap.harbor makes a project in Harbor, and no account is given that may", {
    next: NEXT_WITHOUT_ADMINISTRATOR,
    exitCode: 2,
  });
}
