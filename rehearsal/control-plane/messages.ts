import type { Binaries, Component } from "./components.ts";
import type { FaultPlan } from "./faults.ts";

/**
 * From the command to the keeper. A channel that closes without `keep` means that the command is gone: so goes the
 * control plane.
 */
export type Order =
  | {
      readonly kind: "start";
      readonly name: string;
      readonly binaries: Binaries;
      readonly faults: FaultPlan;
    }
  | { readonly kind: "keep" }
  | { readonly kind: "stop" };

/** From the keeper to the command. */
export type Report =
  | { readonly kind: "progress"; readonly line: string }
  | { readonly kind: "ready"; readonly version: string }
  | { readonly kind: "kept" }
  | { readonly kind: "lost"; readonly loss: Loss };

/** Why there is no control plane, or none any more. */
export interface Loss {
  readonly message: string;
  readonly component?: Component;
  /** The end of its log. */
  readonly lines?: readonly string[];
  /** The whole log, kept apart from the directory that is removed. */
  readonly log?: string;
}
