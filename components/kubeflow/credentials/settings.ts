import { z } from "zod";
import { CREDENTIAL_LABELS, type CredentialLabel, ROBOT_LABELS, type RobotLabel } from "./labels.ts";

const generation = z.int().min(0).max(1_000_000).optional();

/** `rotation`: a counter a password; the next number makes a new one. A label that no password has is an error. */
export const rotationSettings = z.strictObject(
  Object.fromEntries([...CREDENTIAL_LABELS, ...ROBOT_LABELS].map((label) => [label, generation])) as Record<
    CredentialLabel | RobotLabel,
    typeof generation
  >,
);
