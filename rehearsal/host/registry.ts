import { UserError } from "../../components/kit/errors.ts";
import type { Provider, ProviderFactory } from "../providers/provider.ts";
import type { ResourceState } from "./resources.ts";
import { packageOf } from "./urn.ts";
import { hasUnknown, type Properties } from "./values.ts";

/** The configured providers of a run, by the URN of their provider resource. */
export class ProviderRegistry {
  readonly #factories: ReadonlyMap<string, ProviderFactory>;
  readonly #preview: boolean;
  readonly #configured = new Map<string, Promise<Provider | undefined>>();

  constructor(factories: ReadonlyMap<string, ProviderFactory>, preview: boolean) {
    this.#factories = factories;
    this.#preview = preview;
  }

  /** Configures the provider of a `pulumi:providers:<package>` resource. Throws UserError for a package without provider. */
  async configure(urn: string, type: string, inputs: Properties): Promise<void> {
    const provider = this.#start(packageOf(type), inputs);
    this.#configured.set(urn, provider);
    await provider;
  }

  /** True when the provider resource is part of this run. */
  has(reference: string): boolean {
    return this.#configured.has(urnOf(reference));
  }

  /** The provider behind a reference `urn::id`; undefined in a preview that does not know its configuration yet. */
  async find(type: string, reference: string | undefined): Promise<Provider | undefined> {
    if (reference === undefined) {
      throw new UserError(`${type} has no explicit provider, and the rehearsal host has no default providers`, {
        next: "give the resource, or a component above it, the `provider` option",
      });
    }
    const provider = this.#configured.get(urnOf(reference));
    if (provider === undefined) throw new Error(`the provider ${reference} was not registered`);
    return provider;
  }

  /** The same for a resource of the state, whose provider may have to be configured from the state. */
  async findFor(resource: ResourceState, state: ReadonlyMap<string, ResourceState>): Promise<Provider | undefined> {
    const reference = resource.provider ?? "";
    const remembered = state.get(urnOf(reference));
    if (!this.has(reference) && remembered !== undefined) {
      await this.configure(remembered.urn, remembered.type, remembered.inputs);
    }
    return this.find(resource.type, resource.provider);
  }

  async close(): Promise<void> {
    const providers = await Promise.allSettled(this.#configured.values());
    this.#configured.clear();
    for (const result of providers) if (result.status === "fulfilled") await result.value?.close?.();
  }

  async #start(name: string, inputs: Properties): Promise<Provider | undefined> {
    const factory = this.#factories.get(name);
    if (factory === undefined) {
      const known = [...this.#factories.keys()].join(", ");
      throw new UserError(`the rehearsal host has no provider for the package "${name}" (it has: ${known})`, {
        next: "use the real engine for this program",
      });
    }
    if (this.#preview && hasUnknown(inputs)) return undefined;
    const provider = factory();
    await provider.configure({ inputs, preview: this.#preview });
    return provider;
  }
}

function urnOf(reference: string): string {
  const end = reference.lastIndexOf("::");
  return end < 0 ? reference : reference.slice(0, end);
}
