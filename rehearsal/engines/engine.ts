import type { ConfigValue, HostEvent, HostResult } from "../host/index.ts";

/** One run of the program against a control plane. */
export interface EngineRun {
  /** Directory of the Pulumi program. */
  readonly program: string;
  readonly project: string;
  readonly stack: string;
  readonly config: ReadonlyMap<string, ConfigValue>;
  /** Folder of the control plane, where an engine may keep its state. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: HostEvent) => void;
}

/** What a rehearsal reports of a run, whichever engine it was. */
export interface EngineResult extends Pick<HostResult, "failures" | "retried" | "objects"> {
  readonly resources: readonly Pick<HostResult["resources"][number], "type" | "name" | "operation">[];
}

/** Runs a program until reality is what it says. Failures of resources are in the result. */
export type Engine = (run: EngineRun) => Promise<EngineResult>;
