import type { StackResource } from "../../deployment/stack-resources.ts";
import type { NodeFaults } from "../providers/simulated/control-plane.ts";
import type { ConfigValue, HostEvent, HostResult } from "../host/index.ts";

/** One operation against a control plane. */
export interface EngineSession {
  /** Folder of the control plane, where an engine keeps its state. */
  readonly directory: string;
  /** Of the control plane: the path of its administrator's. */
  readonly kubeconfig: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: HostEvent) => void;
}

/** One run of the program. */
export interface EngineRun extends EngineSession {
  /** Directory of the Pulumi program. */
  readonly program: string;
  readonly project: string;
  readonly stack: string;
  readonly config: ReadonlyMap<string, ConfigValue>;
  /** Of simulated nodes. */
  readonly faults?: NodeFaults;
}

/** What a rehearsal reports of a run, whichever engine it was. */
export interface EngineResult extends Pick<HostResult, "failures" | "retried" | "objects"> {
  readonly resources: readonly Pick<HostResult["resources"][number], "type" | "name" | "operation">[];
}

/** Carries out what a program says. Failures of resources are in the results. */
export interface Engine {
  /** Runs the program until reality is what it says. */
  up(run: EngineRun): Promise<EngineResult>;
  /** Deletes what the state holds, but for what is to be retained. */
  destroy(session: EngineSession): Promise<EngineResult>;
  /** What the state holds. */
  resources(session: Pick<EngineSession, "directory">): Promise<readonly StackResource[]>;
}
