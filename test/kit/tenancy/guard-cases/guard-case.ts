import type { Request } from "../../../../components/tenancy/guards/index.ts";

export interface GuardCase {
  /** Of the guard that the case is about. */
  readonly guard: string;
  readonly what: string;
  /** Words of the message; undefined where it is admitted. */
  readonly refused?: string;
  readonly request: Pick<Request, "object"> & Partial<Request>;
  /** Why the policy pack says otherwise. */
  readonly otherwise?: string;
}
