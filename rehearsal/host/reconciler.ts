import { randomUUID } from "node:crypto";
import { InitializationError, type Applied, type Provider } from "../providers/provider.ts";
import type { ErrorHooks, FailedAttempt } from "./hooks.ts";
import { messageOf, type Ledger } from "./ledger.ts";
import { ignoreChanges } from "./property-path.ts";
import type { ProviderRegistry } from "./registry.ts";
import type { Named, Registration, ResourceRecord, ResourceState } from "./resources.ts";
import { UNKNOWN_SENTINEL } from "./signatures.ts";
import { isProviderType } from "./urn.ts";
import { equal, keepSecrets } from "./values.ts";

/** Thrown to a program whose run has ended early: nothing is started any more. */
export class StoppedError extends Error {}

/** Thrown when a resource exists but did not become ready. Its record must be kept: else nobody could change or delete it. */
export class UnreadyError extends Error {
  readonly record: ResourceRecord;

  constructor(record: ResourceRecord, error: InitializationError) {
    super(error.message, { cause: error.cause });
    this.record = record;
  }
}

export interface ReconcilerOptions {
  readonly preview: boolean;
  readonly registry: ProviderRegistry;
  readonly hooks: ErrorHooks;
  readonly ledger: Ledger;
  readonly stopped: AbortSignal;
}

/** As many as the real engine tries. */
const MOST_RETRIES = 100;

/** Brings one resource at a time to what is registered: check, compare with the last state, create or update. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  component(wanted: Named, old: ResourceState | undefined): ResourceRecord {
    return { ...wanted, id: "", outputs: {}, operation: old ? "same" : "create" };
  }

  /** Configures the provider that the resource stands for. */
  async provider(wanted: Named, old: ResourceState | undefined): Promise<ResourceRecord> {
    await this.#options.registry.configure(wanted.urn, wanted.type, wanted.inputs);
    const { version } = wanted.options;
    return {
      ...wanted,
      id: old?.id ?? (this.#options.preview ? UNKNOWN_SENTINEL : randomUUID()),
      outputs: version === undefined ? wanted.inputs : { ...wanted.inputs, version },
      operation: old === undefined ? "create" : equal(wanted.inputs, old.inputs) ? "same" : "update",
    };
  }

  /** Throws {@link UnreadyError} where the object exists all the same. `begun` as in {@link Ledger.tell}. */
  async resource(wanted: Named, old: ResourceState | undefined, begun: number): Promise<ResourceRecord> {
    const { preview, registry, stopped, ledger } = this.#options;
    if (stopped.aborted) throw new StoppedError("the run has ended");
    const provider = await registry.find(wanted.type, wanted.provider);
    if (provider === undefined) return { ...wanted, id: "", outputs: {}, operation: old ? "update" : "create" };
    const checked = await this.#check(wanted, old, provider);
    const operation = old === undefined ? "create" : await this.#plan(checked, old, provider);
    if (operation === "same") {
      ledger.count(wanted.urn, "unchanged");
      return { ...checked, operation };
    }
    if (preview && provider.supportsPreview !== true) return { ...checked, outputs: checked.inputs, operation };
    const record = ({ id, outputs, effect }: Applied): ResourceRecord => {
      if (!preview) ledger.count(wanted.urn, effect ?? (operation === "create" ? "created" : "changed"));
      const secret = keepSecrets(outputs, checked.inputs, wanted.options.additionalSecretOutputs);
      return { ...checked, id, outputs: secret, operation };
    };
    try {
      return record(await this.#withRetries(checked, old, operation, provider, begun));
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      const initErrors = [messageOf(error, checked.inputs)];
      throw new UnreadyError({ ...record(error.applied), initErrors }, error);
    }
  }

  async #check(wanted: Named, old: ResourceState | undefined, provider: Provider): Promise<ResourceState> {
    const { urn, type, inputs, options } = wanted;
    const newInputs = old === undefined ? inputs : ignoreChanges(inputs, old.inputs, options.ignoreChanges ?? []);
    const check = await provider.check({ urn, type, ...(old && { oldInputs: old.inputs }), newInputs });
    if (check.failures.length > 0) {
      throw new Error(check.failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    }
    return { ...wanted, inputs: check.inputs, id: old?.id ?? "", outputs: old?.outputs ?? {} };
  }

  async #plan(checked: ResourceState, old: ResourceState, provider: Provider): Promise<"update" | "same"> {
    const diff = await provider.diff(changeOf(checked, old));
    if (diff.replaces.length > 0) {
      throw new Error(
        `${diff.replaces.join(", ")} cannot change in place: the real engine replaces; the rehearsal host does not`,
      );
    }
    return diff.changes || old.initErrors !== undefined ? "update" : "same";
  }

  async #withRetries(
    checked: ResourceState,
    old: ResourceState | undefined,
    operation: "create" | "update",
    provider: Provider,
    begun: number,
  ): Promise<Applied> {
    const { urn, type, name, inputs, options } = checked;
    const errors: string[] = [];
    for (;;) {
      try {
        return await this.#carryOut(checked, old, provider);
      } catch (error) {
        errors.unshift(messageOf(error, inputs));
        if (errors.length > MOST_RETRIES) throw error;
        const failed = { urn, type, name, operation, inputs, old, errors };
        if (!(await this.#wantRetry(options.onError ?? [], failed))) throw error;
        const message = `${errors.length} of ${MOST_RETRIES}: ${errors[0] ?? ""}`;
        this.#options.ledger.tell("retrying", checked, begun, message);
      }
    }
  }

  #carryOut(checked: ResourceState, old: ResourceState | undefined, provider: Provider): Promise<Applied> {
    const { urn, type, inputs, options } = checked;
    const { preview, stopped, ledger } = this.#options;
    const call = { signal: stopped, status: (text: string) => ledger.tell("waiting", checked, undefined, text) };
    const timeouts = options.customTimeouts ?? {};
    return old === undefined
      ? provider.create({ urn, type, inputs, preview, timeout: timeouts.create ?? 0 }, call)
      : provider.update({ ...changeOf(checked, old), preview, timeout: timeouts.update ?? 0 }, call);
  }

  /** Nothing is tried again once the run has stopped; the program, which has ended, could not answer either. */
  async #wantRetry(hooks: readonly string[], failed: FailedAttempt): Promise<boolean> {
    const { stopped } = this.#options;
    if (stopped.aborted) return false;
    try {
      return (await this.#options.hooks.wantRetry(hooks, failed)) && !stopped.aborted;
    } catch (error) {
      if (stopped.aborted) return false;
      throw error;
    }
  }
}

/** A registration of a provider configures; any other custom resource is applied; the rest are components. */
export function categoryOf({ custom, type }: Registration): "component" | "provider" | "resource" {
  if (!custom) return "component";
  return isProviderType(type) ? "provider" : "resource";
}

function changeOf(checked: ResourceState, old: ResourceState) {
  return {
    urn: checked.urn,
    type: checked.type,
    id: old.id,
    oldInputs: old.inputs,
    oldOutputs: old.outputs,
    newInputs: checked.inputs,
    ignoreChanges: checked.options.ignoreChanges ?? [],
  };
}
