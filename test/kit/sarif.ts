import { z } from "zod";

/*
 * The parts of the schema of SARIF 2.1.0 (OASIS, sarif-schema-2.1.0.json) that the gate writes: what must be there, what
 * values may be, and that there is nothing else.
 */

const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(["none", "note", "warning", "error"]);
const uri = z.string().regex(/^[^\s\\]+$/);

const reportingDescriptor = z.strictObject({
  id: z.string(),
  name: z.string(),
  shortDescription: message,
  fullDescription: message,
  help: message,
  helpUri: z.url(),
  properties: z.looseObject({
    tags: z.array(z.string()).refine((tags) => new Set(tags).size === tags.length, "must be unique"),
    // Of code scanning: a number from 0 to 10 as text.
    "security-severity": z.string().regex(/^(10\.0|\d\.\d)$/),
  }),
});

const location = z.strictObject({
  physicalLocation: z.strictObject({
    artifactLocation: z.strictObject({ uri }),
    region: z.strictObject({ startLine: z.int().min(1) }),
  }),
  logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string() })),
});

const suppression = z.strictObject({
  kind: z.enum(["inSource", "external"]),
  status: z.enum(["accepted", "underReview", "rejected"]),
  justification: z.string(),
});

const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(-1),
  level,
  message,
  locations: z.array(location).min(1),
  partialFingerprints: z.record(z.string(), z.string()),
  baselineState: z.enum(["new", "unchanged", "updated", "absent"]).optional(),
  suppressions: z.array(suppression).optional(),
});

const run = z.strictObject({
  tool: z.strictObject({
    driver: z.strictObject({ name: z.string(), informationUri: z.url(), rules: z.array(reportingDescriptor) }),
  }),
  // More are not taken by code scanning.
  results: z.array(result).max(25_000),
  invocations: z.array(
    z.strictObject({
      executionSuccessful: z.boolean(),
      toolExecutionNotifications: z.array(z.strictObject({ level, message })),
    }),
  ),
});

/** A log of SARIF 2.1.0 as the gate writes it. */
export const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(run).min(1),
});
