import { withCredentials } from "./credentials/apply.ts";
import type { Credentials } from "./credentials/derive.ts";
import { type Adjustment, each } from "./plan.ts";
import { repaired } from "./repairs/index.ts";

/** What the settings ask of a release. */
export interface AdjustmentOptions {
  readonly credentials: Credentials;
}

/** The steps from a release as it is shipped to the platform as it is applied, in their order. */
export function adjustmentsFor({ credentials }: AdjustmentOptions): Adjustment[] {
  return [each(repaired), each((object) => withCredentials(object, credentials))];
}
