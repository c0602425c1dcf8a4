import type { Analyzer } from "./analyzer.ts";
import { ErrorHooks } from "./hooks.ts";
import { Ledger } from "./ledger.ts";
import { Limit } from "./limit.ts";
import { categoryOf, Reconciler, StoppedError, UnreadyError } from "./reconciler.ts";
import type { ProviderRegistry } from "./registry.ts";
import { removeInOrder } from "./removal.ts";
import type { HostEvent, Named, ResourceRecord, ResourceState } from "./resources.ts";
import { STACK_TYPE, urnUnder } from "./urn.ts";
import type { Properties } from "./values.ts";

export interface EngineOptions {
  readonly preview: boolean;
  /** Provider operations at once. */
  readonly parallel: number;
  readonly registry: ProviderRegistry;
  readonly old: readonly ResourceState[];
  readonly signal: AbortSignal;
  readonly emit: (event: HostEvent) => void;
  /** A policy pack that sees every resource before it is applied. */
  readonly analyzer?: Analyzer;
}

const PAST = { create: "created", update: "updated", same: "unchanged", delete: "deleted" } as const;

/** One run: takes what a program registers, has it carried out, and knows what is left of the last state. */
export class Engine {
  readonly hooks = new ErrorHooks();
  readonly ledger: Ledger;
  readonly #options: EngineOptions;
  readonly #reconciler: Reconciler;
  readonly #limit: Limit;
  readonly #stop = new AbortController();
  readonly #old: Map<string, ResourceState>;
  /** Undefined while the resource is worked on. */
  readonly #registered = new Map<string, ResourceRecord | undefined>();
  /** From the URN of a resource to that in the last state, where it was found by an alias. */
  readonly #renamed = new Map<string, string>();
  readonly #removed: ResourceRecord[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #outputs: Properties = {};

  constructor(options: EngineOptions) {
    const { preview, registry, signal } = options;
    this.#options = options;
    this.#limit = new Limit(options.parallel);
    this.#old = new Map(options.old.map((resource) => [resource.urn, resource]));
    this.ledger = new Ledger(options.emit);
    const { hooks, ledger, stopped } = this;
    this.#reconciler = new Reconciler({ preview, registry, hooks, ledger, stopped });
    const interrupt = () => this.#stop.abort(signal.reason);
    if (signal.aborted) interrupt();
    else signal.addEventListener("abort", interrupt, { once: true, signal: stopped });
  }

  /** Aborted at the first failure and when the caller interrupts. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get outputs(): Properties {
    return this.#outputs;
  }

  /** What the next run has to know: what was registered, and what of the last state is not dealt with yet. */
  get state(): ResourceState[] {
    return [...this.#finished(), ...this.#old.values()];
  }

  get records(): ResourceRecord[] {
    return [...this.#finished(), ...this.#removed];
  }

  /** The resource as it was registered, once it is done. */
  registered(urn: string): ResourceRecord | undefined {
    return this.#registered.get(urn);
  }

  /** Registers a resource and carries out what that means. Throws {@link StoppedError} when it fails or the run has ended. */
  async register(wanted: Named): Promise<ResourceRecord> {
    const { urn } = wanted;
    if (this.stopped.aborted) throw new StoppedError("the run has ended");
    if (this.#registered.has(urn)) {
      return this.#fail(wanted, new Error(`two resources have the URN ${urn}: give one of them another name`));
    }
    this.#registered.set(urn, undefined);
    const old = this.#formerNames(wanted)
      .map((name) => this.#old.get(name))
      .find(Boolean);
    const begun = performance.now();
    this.ledger.tell("registering", wanted);
    try {
      await this.#analyze(wanted);
      const record = await this.#track(this.#apply(wanted, old, begun));
      this.#finish(record, old);
      this.ledger.tell(PAST[record.operation], record, begun);
      return record;
    } catch (error) {
      if (error instanceof UnreadyError) this.#finish(error.record, old);
      return this.#fail(wanted, error, begun);
    }
  }

  /** Ends the run: the program asks for something that cannot be done here. */
  refuse({ message }: Error): void {
    if (this.stopped.aborted) return;
    this.ledger.failures.push({ urn: "", message });
    this.#stop.abort(new StoppedError(message));
  }

  /** Takes the outputs of a component, or of the stack. */
  setOutputs(urn: string, outputs: Properties): void {
    const record = this.#registered.get(urn);
    if (record === undefined) throw new Error(`outputs for ${urn}, which was not registered`);
    this.#registered.set(urn, { ...record, outputs });
    if (record.type === STACK_TYPE) this.#outputs = outputs;
  }

  /** Deletes what the last state has and the program did not register; in a preview only says so. */
  async removeMissing(): Promise<void> {
    const missing = [...this.#old.values()];
    const urns = new Set(missing.map(({ urn }) => urn));
    await removeInOrder(missing, (resource) =>
      this.#track(this.#limit.run(() => this.#remove(resource, urns.has(resource.options.deletedWith ?? "")))),
    );
  }

  /** Has the policy pack, if there is one, look at all resources together. */
  async analyzeStack(): Promise<void> {
    const { analyzer } = this.#options;
    if (analyzer === undefined || this.stopped.aborted) return;
    this.ledger.judge(await analyzer.analyzeStack(this.#finished()));
  }

  /** Waits for the operations that are under way, at most `seconds`. */
  async settle(seconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, seconds * 1000);
    await Promise.race([Promise.allSettled(this.#running), promise]);
    clearTimeout(timer);
  }

  /** All URNs that the resource may have in the last state: its own, its aliases, and what a parent's alias makes of them. */
  #formerNames({ urn, parent = "", options }: Named): string[] {
    const own = [urn, ...(options.aliases ?? [])];
    const formerParent = this.#renamed.get(parent);
    return formerParent === undefined
      ? own
      : [...own, ...own.map((name) => urnUnder(formerParent, { child: name, parent }))];
  }

  /** A preview goes on to find everything; else nothing is applied that a mandatory policy forbids. */
  async #analyze(wanted: Named): Promise<void> {
    const { analyzer, preview } = this.#options;
    if (analyzer === undefined) return;
    const diagnostics = await analyzer.analyze(wanted);
    this.ledger.judge(diagnostics);
    const forbidden = diagnostics.filter(({ level }) => level === "mandatory");
    if (!preview && forbidden.length > 0) {
      throw new Error(forbidden.map(({ policy, message }) => `${policy}: ${message}`).join("\n"));
    }
  }

  #apply(wanted: Named, old: ResourceState | undefined, begun: number): Promise<ResourceRecord> {
    switch (categoryOf(wanted)) {
      case "component":
        return Promise.resolve(this.#reconciler.component(wanted, old));
      case "provider":
        return this.#reconciler.provider(wanted, old);
      case "resource":
        return this.#limit.run(() => this.#reconciler.resource(wanted, old, begun));
    }
  }

  async #remove(resource: ResourceState, goesWithAnother: boolean): Promise<boolean> {
    if (this.stopped.aborted) return false;
    const begun = performance.now();
    const { urn, type, id, inputs, outputs, options } = resource;
    try {
      if (options.protect === true) throw new Error("it is protected: take the `protect` option away first");
      const isKept = this.#options.preview || goesWithAnother || options.retainOnDelete === true;
      if (categoryOf(resource) === "resource" && !isKept) {
        const provider = await this.#options.registry.findFor(resource, this.#old);
        const status = (message: string) => this.ledger.tell("waiting", resource, undefined, message);
        const request = { urn, type, id, inputs, outputs, timeout: options.customTimeouts?.delete ?? 0 };
        await provider?.delete(request, { signal: this.stopped, status });
        this.ledger.count(urn, "deleted");
      }
      this.#old.delete(urn);
      this.#removed.push({ ...resource, operation: "delete" });
      this.ledger.tell("deleted", resource, begun, options.retainOnDelete === true ? "left in place" : undefined);
      return true;
    } catch (error) {
      this.ledger.fail(resource, error, this.#isInterruption(error), begun);
      return false;
    }
  }

  #finished(): ResourceRecord[] {
    return [...this.#registered.values()].filter((record) => record !== undefined);
  }

  #finish(record: ResourceRecord, old: ResourceState | undefined): void {
    this.#registered.set(record.urn, record);
    if (old === undefined) return;
    this.#old.delete(old.urn);
    if (old.urn !== record.urn) this.#renamed.set(record.urn, old.urn);
  }

  #fail(wanted: Named, error: unknown, begun?: number): never {
    this.ledger.fail(wanted, error, this.#isInterruption(error), begun);
    this.#stop.abort(new StoppedError("another resource failed"));
    throw new StoppedError(error instanceof Error ? error.message : String(error));
  }

  #isInterruption(error: unknown): boolean {
    const { aborted, reason } = this.stopped as { readonly aborted: boolean; readonly reason: unknown };
    if (!aborted) return false;
    return error instanceof StoppedError || error === reason || (error instanceof Error && error.cause === reason);
  }

  async #track<T>(operation: Promise<T>): Promise<T> {
    this.#running.add(operation);
    try {
      return await operation;
    } finally {
      this.#running.delete(operation);
    }
  }
}
