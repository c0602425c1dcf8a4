import { type Analyzer, type Diagnostic, type PolicyPackOptions, startAnalyzer } from "./analyzer.ts";
import type { ProviderFactory } from "../providers/provider.ts";
import { Engine } from "./engine.ts";
import { serveMonitor, type LogEntry } from "./monitor.ts";
import { startProgram, type Program } from "./program.ts";
import { ProviderRegistry } from "./registry.ts";
import type { Failure, HostEvent, ObjectCounts, ResourceRecord } from "./resources.ts";
import type { StateStore } from "./state.ts";
import { Transcript } from "./transcript.ts";
import type { Properties } from "./values.ts";

export type { Diagnostic, PolicyConfiguration, PolicyPackOptions } from "./analyzer.ts";
export type { Failure, HostEvent, HostEventType, ObjectCounts, ResourceRecord } from "./resources.ts";
export { fileState, memoryState, type Snapshot, type StateStore } from "./state.ts";
export {
  hasUnknown,
  type Json,
  type JsonObject,
  mask,
  Secret,
  UNKNOWN,
  type Properties,
  type Value,
} from "./values.ts";

export interface ConfigValue {
  readonly value: string;
  readonly secret: boolean;
}

export interface SessionOptions {
  /** @default as many operations as the providers let through; the real engine's is 4 a core */
  readonly parallel?: number;
  /** By package name. */
  readonly providers: ReadonlyMap<string, ProviderFactory>;
  readonly state: StateStore;
  /** Interrupts the run: the program is stopped, what is under way may finish for a short time, the state is written. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: HostEvent) => void;
}

export interface RunOptions extends SessionOptions {
  readonly project: string;
  readonly stack: string;
  /** Directory of the Pulumi program. */
  readonly program: string;
  /** @default "organization" */
  readonly organization?: string;
  /** Keys are `project:key`. */
  readonly config: ReadonlyMap<string, ConfigValue>;
  /** Nothing is applied; what is not known before an update is {@link UNKNOWN}. */
  readonly preview?: boolean;
  /** Looks at every resource before it is applied, and at all of them in the end. */
  readonly policyPack?: PolicyPackOptions;
  /** Added to the program's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the SDK is made to take less time (preload.ts). It says and does the same without. @default true */
  readonly accelerated?: boolean;
}

export interface HostResult {
  readonly ok: boolean;
  readonly interrupted: boolean;
  /** Every resource of the run in the order of completion, deleted ones last. */
  readonly resources: readonly ResourceRecord[];
  /** The stack's outputs; secrets are wrapped. */
  readonly outputs: Properties;
  readonly failures: readonly Failure[];
  /** What the policy pack had to say. A mandatory one of a resource is a failure besides, but for previews. */
  readonly diagnostics: readonly Diagnostic[];
  /** Resources that an error hook has had retried. */
  readonly retried: number;
  readonly objects: ObjectCounts;
}

/** Waits hold a place too, and what they wait for may come later: a low number could stop a run for good. */
const DEFAULT_PARALLEL = 512;
const SAVE_EVERY_MS = 2000;
/** How long the operations of a failed or interrupted run may take to finish. */
const GRACE_SECONDS = 10;

/**
 * Runs a Pulumi program against the providers: creates, updates and deletes until reality is what the program says.
 * Failures of resources and of the program are in the result; throws UserError where the run cannot begin.
 */
export async function run(options: RunOptions): Promise<HostResult> {
  const { preview = false, organization = "organization", parallel = DEFAULT_PARALLEL } = options;
  const analyzer = options.policyPack && (await startAnalyzer(options.policyPack, { ...options, preview }));
  return session({ ...options, ...(analyzer && { analyzer }) }, preview, async (engine, registry) => {
    const common = { project: options.project, stack: options.stack, organization, preview, parallel };
    const transcript = new Transcript(options.config, engine.stopped, options.onEvent ?? ignore);
    const onLog = (entry: LogEntry) => transcript.log(entry.severity, entry.message, entry.urn);
    const monitor = await serveMonitor({ ...common, engine, registry, onLog });
    try {
      const program = startProgram({
        ...common,
        directory: options.program,
        config: options.config,
        monitor: monitor.address,
        accelerated: options.accelerated ?? true,
        ...(options.env !== undefined && { env: options.env }),
        onLine: (stream, line) => transcript.line(stream, line),
      });
      const code = await endOf(program, engine.stopped);
      if (engine.stopped.aborted) await engine.settle(GRACE_SECONDS);
      else if (code === 0) await complete(engine);
      else
        engine.ledger.failures.push({
          urn: "",
          message: transcript.reason || `the program ended with exit code ${code}`,
        });
    } finally {
      monitor.close();
    }
  }).finally(() => analyzer?.close());
}

/** What is left to do once a program has said everything. */
async function complete(engine: Engine): Promise<void> {
  await engine.analyzeStack();
  await engine.removeMissing();
}

/** Deletes everything in the state but what is to be retained, dependents first. */
export async function destroy(options: SessionOptions): Promise<HostResult> {
  return session(options, false, async (engine) => {
    await engine.removeMissing();
  });
}

/** The exit code of the program. One whose run has stopped is ended at once: there is nobody any more for it to talk to. */
async function endOf(program: Program, stopped: AbortSignal): Promise<number> {
  const stop = () => void program.stop();
  if (stopped.aborted) stop();
  else stopped.addEventListener("abort", stop, { once: true });
  try {
    return await program.ended;
  } finally {
    stopped.removeEventListener("abort", stop);
  }
}

async function session(
  options: SessionOptions & { readonly analyzer?: Analyzer },
  preview: boolean,
  body: (engine: Engine, registry: ProviderRegistry) => Promise<void>,
): Promise<HostResult> {
  const { signal = new AbortController().signal, parallel = DEFAULT_PARALLEL, onEvent = ignore } = options;
  const registry = new ProviderRegistry(options.providers, preview);
  const { resources: old } = await options.state.load();
  const engine = new Engine({ ...options, preview, parallel, registry, old, signal, emit: onEvent });
  const saver = preview ? undefined : saveRegularly(options.state, engine);
  try {
    await body(engine, registry);
  } finally {
    engine.hooks.close();
    await registry.close();
    await saver?.finish();
  }
  const { outputs, records: resources } = engine;
  const { failures, diagnostics, retried, objects } = engine.ledger;
  const ok = failures.length === 0 && !engine.stopped.aborted;
  return { ok, interrupted: signal.aborted, resources, outputs, failures, diagnostics, retried, objects };
}

/** Saves every two seconds, so that a killed run loses little, and once more at the end. */
function saveRegularly(store: StateStore, engine: Engine): { finish(): Promise<void> } {
  let saving: Promise<unknown> = Promise.resolve();
  const save = () => (saving = saving.then(() => store.save({ resources: engine.state })));
  // A save that fails now is tried again; only the last one has to succeed.
  const timer = setInterval(() => void save().catch(ignore), SAVE_EVERY_MS);
  return {
    finish: async () => {
      clearInterval(timer);
      await saving.catch(ignore);
      await store.save({ resources: engine.state });
    },
  };
}

function ignore(): void {}
