import { createHash } from "node:crypto";
import type { SimulatedNode } from "../../control-plane/index.ts";
import { urnName } from "../../host/urn.ts";
import {
  equal,
  isMap,
  type Json,
  type JsonObject,
  type Properties,
  reveal,
  Secret,
  type Value,
} from "../../host/values.ts";
import type {
  Applied,
  CheckFailure,
  CheckRequest,
  CheckResult,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  Provider,
  ReadRequest,
  UpdateRequest,
} from "../provider.ts";
import type { Made, Request, SimulatedCloud, Simulation } from "./cloud.ts";
import { checkInputs } from "./schema/check.ts";
import { Schemas } from "./schema/index.ts";
import { valuesOf, World } from "./world.ts";

/** The rehearsal's part of a simulated cloud: where its cluster really is, and what nodes become. */
export interface Surroundings {
  readonly apiServer: Simulation["apiServer"];
  readonly join: (nodes: readonly SimulatedNode[]) => Promise<void>;
  /** Takes the nodes of these names away. */
  readonly leave: (names: readonly string[]) => Promise<void>;
}

/**
 * A cloud that makes nothing. It refuses what the SDK does not declare, what the cloud would refuse by its name, and
 * references to what does not exist; it answers with outputs like the cloud's; and its node pools join the rehearsal's
 * control plane as simulated nodes. In a preview what only the cloud can know is unknown.
 */
export class SimulatedProvider implements Provider {
  readonly #cloud: SimulatedCloud;
  readonly #open: () => Promise<Surroundings>;
  #surroundings: Surroundings | undefined;
  readonly #schemas: Schemas;
  readonly #references: ReadonlySet<string>;
  readonly #world = new World();
  #configuration: JsonObject = {};

  /** @param open looks for the surroundings; called once, when the provider is configured */
  constructor(cloud: SimulatedCloud, open: () => Promise<Surroundings>) {
    this.#cloud = cloud;
    this.#open = open;
    this.#schemas = new Schemas(cloud.package, cloud.declared);
    this.#references = new Set(cloud.references.properties);
  }

  async configure({ inputs }: ConfigureRequest): Promise<void> {
    const type = `pulumi:providers:${this.#cloud.package}`;
    const { version: _, ...settings } = inputs;
    const parsed: Properties = Object.fromEntries<Value>(
      Object.entries(settings).map(([name, value]) => [name, parsedOf(value)]),
    );
    const failures = checkInputs(await this.#schemas.of(type), parsed);
    if (failures.length > 0) throw new Error(`${type}: ${failures.map(sentence).join("; ")}`);
    this.#configuration = known(parsed);
    this.#surroundings = await this.#open();
  }

  async check({ urn, type, oldInputs, newInputs }: CheckRequest): Promise<CheckResult> {
    const schema = await this.#schemas.of(type);
    const asked = this.#request(urn, type, newInputs);
    const failures = [...checkInputs(schema, newInputs), ...this.#refusals(asked), ...this.#danglings(asked)];
    if (failures.length === 0) {
      // What is made later may refer to it by a name that it was given.
      this.#world.add({ ...asked, id: "" }, asked.inputs);
      // The real engine asks no more about a resource of which nothing has changed.
      if (oldInputs !== undefined) await this.#find(this.#request(urn, type, oldInputs));
    }
    return { inputs: newInputs, failures };
  }

  diff({ urn, type, id, oldInputs, oldOutputs, newInputs }: DiffRequest): Promise<DiffResult> {
    this.#world.add({ ...this.#request(urn, type, oldInputs), id }, known(oldOutputs));
    return Promise.resolve({ changes: !equal(oldInputs, newInputs), replaces: [] });
  }

  async create({ urn, type, inputs }: CreateRequest): Promise<Applied> {
    const asked = this.#request(urn, type, inputs);
    return this.#make({ ...asked, id: this.#idOf(asked) }, inputs);
  }

  async update({ urn, type, id, oldInputs, newInputs }: UpdateRequest): Promise<Applied> {
    const made = { ...this.#request(urn, type, newInputs), id };
    const stay = new Set(this.#nodesOf(made).map(({ name }) => name));
    await this.#leave(this.#nodesOf({ ...made, ...this.#request(urn, type, oldInputs) }, stay));
    return this.#make(made, newInputs);
  }

  read({ inputs }: ReadRequest): Promise<Properties> {
    return Promise.resolve(inputs);
  }

  async delete({ urn, type, id, inputs }: DeleteRequest): Promise<void> {
    await this.#leave(this.#nodesOf({ ...this.#request(urn, type, inputs), id }));
    this.#world.remove(id);
  }

  /** The nodes of a resource, but for those whose names are among the others. */
  #nodesOf(made: Made, others: ReadonlySet<string> = new Set()): readonly SimulatedNode[] {
    const nodes = this.#cloud.resources[made.type]?.nodes?.(made, this.#simulation) ?? [];
    return nodes.filter(({ name }) => !others.has(name));
  }

  async #leave(nodes: readonly SimulatedNode[]): Promise<void> {
    if (nodes.length > 0) await this.#configured.leave(nodes.map(({ name }) => name));
  }

  #idOf(asked: Request): string {
    return this.#cloud.resources[asked.type]?.id?.(asked) ?? asked.hash.slice(0, 17);
  }

  /** Takes note of a resource that exists; returns what the cloud has added to it. */
  async #find(asked: Request, id = this.#idOf(asked)): Promise<JsonObject> {
    const made = { ...asked, id };
    const { outputs: names } = await this.#schemas.of(made.type);
    const added = {
      ...this.#cloud.outputs?.(made, names),
      ...this.#cloud.resources[made.type]?.outputs?.(made, this.#simulation),
    };
    this.#world.add(made, { ...added, ...made.inputs }, added);
    return added;
  }

  async #make(made: Made, inputs: Properties): Promise<Applied> {
    const simulated = this.#cloud.resources[made.type];
    const added = await this.#find(made, made.id);
    const nodes = this.#nodesOf(made);
    if (nodes.length > 0) await this.#configured.join(nodes);
    const secrets = simulated?.secrets ?? [];
    const outputs = Object.fromEntries(
      Object.entries(added).map(([name, value]) => [name, secrets.includes(name) ? new Secret(value) : value]),
    );
    return { id: made.id, outputs: merged(outputs, inputs), effect: "simulated" };
  }

  get #configured(): Surroundings {
    if (this.#surroundings === undefined) throw new Error("the simulated provider is not configured");
    return this.#surroundings;
  }

  get #simulation(): Simulation {
    return { find: (value) => this.#world.find(value), apiServer: this.#configured.apiServer };
  }

  #request(urn: string, type: string, inputs: Properties): Request {
    const hash = createHash("sha1").update(urn).digest("hex");
    return { type, name: urnName(urn), hash, inputs: known(inputs), provider: this.#configuration };
  }

  /** What the cloud refuses although its SDK allows it. */
  #refusals({ type, inputs }: Request): CheckFailure[] {
    const { forms = {}, refuses } = this.#cloud.resources[type] ?? {};
    const malformed = Object.entries(forms).flatMap(([property, { pattern, says }]) => {
      const value = inputs[property];
      return typeof value !== "string" || pattern.test(value)
        ? []
        : [{ property, reason: `is ${JSON.stringify(value)}; ${says}` }];
    });
    const others = refuses?.(inputs, this.#simulation) ?? [];
    return [...malformed, ...others.map((reason) => ({ property: type, reason }))];
  }

  #danglings({ inputs }: Request): CheckFailure[] {
    const { allowed, isElsewhere } = this.#cloud.references;
    const isKnown = (value: string) =>
      this.#world.find(value) !== undefined || allowed.some((own) => value.startsWith(own));
    return valuesOf(this.#references, inputs)
      .filter(([, value]) => !isKnown(value) && isElsewhere?.(value) !== true)
      .map(([property, value]) => ({ property, reason: `is ${JSON.stringify(value)}, which nothing here is` }));
  }
}

/** Inputs with what the cloud adds to them, at any depth; what was asked for stands. */
function merged(added: Properties, inputs: Properties): Properties {
  const both = Object.entries(inputs).map(([name, value]): [string, Value] => {
    const more = added[name];
    return [name, isMap(more) && isMap(value) ? merged(more, value) : value];
  });
  return { ...added, ...Object.fromEntries(both) };
}

function sentence({ property, reason }: CheckFailure): string {
  return `${property} ${reason}`;
}

/** The SDK hands over a provider's settings as texts, those that are none as JSON. */
function parsedOf(value: Value): Value {
  const text = value instanceof Secret ? value.value : value;
  if (typeof text !== "string" || !/^([[{]|true$|false$|\d+$)/.test(text)) return value;
  return JSON.parse(text) as Json;
}

/** Without what is unknown, and without wrappers. */
function known(properties: Properties): JsonObject {
  return Object.fromEntries(
    Object.entries(properties)
      .map(([name, value]) => [name, reveal(value, UNKNOWN_MARK)] as const)
      .filter(([, value]) => value !== UNKNOWN_MARK)
      .map(([name, value]) => [name, without(value)]),
  );
}

const UNKNOWN_MARK = "\u0000unknown";

function without(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).filter((item) => item !== UNKNOWN_MARK).map(without);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== UNKNOWN_MARK)
      .map(([name, item]) => [name, without(item)]),
  );
}
