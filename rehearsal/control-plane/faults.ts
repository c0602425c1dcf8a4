import { readFile } from "node:fs/promises";
import { z } from "zod";
import { systemErrorCode, UserError } from "../../components/kit/errors.ts";

const service = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "a Service is written namespace/name");
const apiPath = z
  .string()
  .regex(/^\/apis?\/.+[^/]$/, "an object is named by its API path, such as /api/v1/nodes/node-1");

const moment = z.strictObject({
  /** API path of the object whose appearance it counts from. @default when the control plane is up */
  object: apiPath.optional(),
  seconds: z.number().nonnegative().default(0),
});

const obstacle = z.strictObject({
  object: z.looseObject({ apiVersion: z.string(), kind: z.string() }),
  /** When it is taken away. @default never */
  until: moment.optional(),
});

const taint = z.strictObject({
  key: z.string(),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

const faultPlan = z.strictObject({
  /** Seconds for which the webhooks of a Service still refuse after its first endpoint is ready. */
  delayBackend: z.record(service, z.number().positive()).optional(),
  /** Services whose webhooks never answer. */
  neverBackend: z.array(service).optional(),
  /** The API server is killed, once, and stays down for a time. */
  restartApiServer: z.strictObject({ at: moment, downSeconds: z.number().nonnegative().default(0) }).optional(),
  /** Objects, by their API paths, that are in the cluster before anything else is, in this order. */
  obstacles: z.record(apiPath, obstacle).optional(),
  /** On a simulated cloud, what nodes of a pool turn out to have beside what was declared, by the pool's label. */
  nodes: z.record(z.string(), z.strictObject({ taints: z.array(taint) })).optional(),
});

/** What goes wrong on purpose, checked and with its defaults filled in. */
export type FaultPlan = z.infer<typeof faultPlan>;
export type Moment = z.infer<typeof moment>;

/** A fault plan as it is written, in JSON. */
export type WrittenFaultPlan = z.input<typeof faultPlan>;

/** Throws ZodError. */
export function checkedFaults(plan: WrittenFaultPlan): FaultPlan {
  return faultPlan.parse(plan);
}

/** Reads a fault plan from a JSON file. Throws UserError where there is none, listing every problem. */
export async function readFaults(file: string): Promise<FaultPlan> {
  const next = "docs/faults.md shows plans that work";
  try {
    return faultPlan.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new UserError(`the fault plan ${file} ${problemOf(error)}`, { next, exitCode: 2, cause: error });
  }
}

function problemOf(error: unknown): string {
  if (error instanceof z.ZodError) return `is not one:\n${z.prettifyError(error)}`;
  if (error instanceof SyntaxError) return `is not JSON: ${error.message}`;
  return systemErrorCode(error) === "ENOENT" ? "does not exist" : "cannot be read";
}
