import { fileURLToPath } from "node:url";
import {
  type HostEvent,
  type HostResult,
  memoryState,
  type PolicyPackOptions,
  run,
  type StateStore,
} from "../../rehearsal/host/index.ts";
import { equal } from "../../rehearsal/host/values.ts";
import type { Provider, ProviderFactory } from "../../rehearsal/providers/provider.ts";

const PROGRAM = fileURLToPath(new URL("../..", import.meta.url));

/** A provider that takes everything and does nothing. */
export function idleProvider(): Provider {
  return {
    configure: () => Promise.resolve(),
    check: ({ newInputs }) => Promise.resolve({ inputs: newInputs, failures: [] }),
    diff: ({ oldInputs, newInputs }) => Promise.resolve({ changes: !equal(oldInputs, newInputs), replaces: [] }),
    create: ({ urn, inputs }) => Promise.resolve({ id: urn, outputs: inputs }),
    update: ({ id, newInputs }) => Promise.resolve({ id, outputs: newInputs }),
    read: ({ inputs }) => Promise.resolve(inputs),
    delete: () => Promise.resolve(),
  };
}

/** Runs the program itself, as it would be run for a stack with these settings, and applies nothing. */
export function runProgram(
  settings: Readonly<Record<string, string>>,
  options: {
    readonly preview?: boolean;
    readonly accelerated?: boolean;
    readonly policyPack?: PolicyPackOptions;
    readonly state?: StateStore;
    readonly onEvent?: (event: HostEvent) => void;
    /** By package. @default one for Kubernetes that does nothing */
    readonly providers?: ReadonlyMap<string, ProviderFactory>;
  } = {},
): Promise<HostResult> {
  // No cluster is behind it that could be looked at.
  const unchecked = { cluster: JSON.stringify({ check: false }), ...settings };
  return run({
    program: PROGRAM,
    project: "kubeflow",
    stack: "test",
    config: new Map(
      Object.entries(unchecked).map(([key, value]) => [`kubeflow:${key}`, { value, secret: key === "secret" }]),
    ),
    providers: new Map([["kubernetes", idleProvider]]),
    state: memoryState(),
    ...options,
  });
}
