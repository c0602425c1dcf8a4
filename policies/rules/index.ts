import type { Rule } from "../rule.ts";
import { imdsV2 } from "./cloud-imds-v2.ts";
import { memoryLimits } from "./k8s-memory-limits.ts";
import { exemptionsValid } from "./meta-exemptions-valid.ts";
import { defaultCredentials } from "./ml-default-credentials.ts";

/** Every rule of the pack; the one about exemptions comes last, when all of them have had their use. */
export const rules: readonly Rule[] = [
  // cloud
  imdsV2,
  // kubernetes
  memoryLimits,
  // machine learning
  defaultCredentials,
  // the pack itself
  exemptionsValid,
];
