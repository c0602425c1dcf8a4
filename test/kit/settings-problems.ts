import { UserError } from "../../components/kit/errors.ts";
import { parseSettings } from "../../components/settings/parse.ts";

/** What is said of settings that are refused, `no error` of others. */
export function problemsIn(settings: Parameters<typeof parseSettings>[0]): string {
  try {
    parseSettings(settings);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "no error";
}
