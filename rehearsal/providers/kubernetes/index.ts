import { UserError } from "../../../components/kit/errors.ts";
import { textAt } from "../../../components/kit/objects.ts";
import {
  isMap,
  redact,
  reveal,
  revealAll,
  Secret,
  secretStrings,
  UNKNOWN,
  type Properties,
  type Value,
} from "../../host/values.ts";
import {
  InitializationError,
  type Applied,
  type Call,
  type CheckFailure,
  type CheckRequest,
  type CheckResult,
  type ConfigureRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type Provider,
  type ReadRequest,
  type UpdateRequest,
} from "../provider.ts";
import { Applier, type ApplyResult } from "./apply.ts";
import { Awaiter, NotReadyError } from "./await.ts";
import { ApiClient } from "./client.ts";
import { readConfiguration } from "./configuration.ts";
import { Deleter } from "./deletion.ts";
import { changedPaths, replacingPaths } from "./diff.ts";
import { Discovery } from "./discovery.ts";
import { type KubernetesObject, type ObjectReference } from "./objects.ts";
import { kindOf } from "./types.ts";
import { waitForCriteria } from "./waitfor.ts";
import { Watches, withoutManagedFields } from "./watch.ts";

interface Connection {
  readonly client: ApiClient;
  readonly watches: Watches;
  readonly applier: Applier;
  readonly awaiter: Awaiter;
  readonly deleter: Deleter;
}

/**
 * Applies objects to a Kubernetes API server with the observable behaviour of pulumi-kubernetes: server-side apply,
 * `AlreadyExists` unless `upsertExistingObjects`, retries of what is not found, waits by kind and by annotation.
 * Autonaming, Helm releases and patches are refused by name.
 */
export class KubernetesProvider implements Provider {
  readonly #locate: (kubeconfig: string) => Promise<string>;
  #connection: Connection | undefined;

  /** @param locate where the cluster of a kubeconfig really is, as a kubeconfig. @default as it is */
  constructor(locate: (kubeconfig: string) => Promise<string> = (kubeconfig) => Promise.resolve(kubeconfig)) {
    this.#locate = locate;
  }

  async configure({ inputs }: ConfigureRequest): Promise<void> {
    const { kubeconfig, context, namespace, upsertExistingObjects, enablePatchForce } = readConfiguration(inputs);
    const located = await this.#locate(kubeconfig);
    const client = await ApiClient.connect(located, located === kubeconfig ? context : undefined);
    const discovery = new Discovery(client);
    const watches = new Watches(client, discovery);
    const server = { client, discovery, watches, namespace };
    this.#connection = {
      client,
      watches,
      applier: new Applier({ ...server, upsert: upsertExistingObjects, force: enablePatchForce }),
      awaiter: new Awaiter(client, watches),
      deleter: new Deleter(server),
    };
  }

  check({ type, newInputs }: CheckRequest): Promise<CheckResult> {
    const { apiVersion, kind } = kindOf(type);
    const inputs: Properties = { apiVersion, kind, ...newInputs };
    const failures = [
      ...mismatch("apiVersion", inputs["apiVersion"], apiVersion),
      ...mismatch("kind", inputs["kind"], kind),
      ...missingName(newInputs["metadata"]),
      ...malformedWait(newInputs["metadata"]),
    ];
    return Promise.resolve({ inputs, failures });
  }

  diff({ oldInputs, newInputs }: DiffRequest): Promise<DiffResult> {
    const [before, after] = [revealAll(oldInputs), revealAll(newInputs, UNKNOWN_TEXT)];
    const changed = changedPaths(before, after);
    return Promise.resolve({ changes: changed.length > 0, replaces: replacingPaths(after, changed) });
  }

  async create({ inputs, timeout }: CreateRequest, call: Call): Promise<Applied> {
    const object = toObject(inputs);
    return withoutSecrets(object, async () => {
      const result = await this.#connected.applier.create(object, referenceOf(object), call);
      return this.#whenReady(result, timeout, call);
    });
  }

  async update(request: UpdateRequest, call: Call): Promise<Applied> {
    const object = toObject(request.newInputs);
    return withoutSecrets(object, async () => {
      const result = await this.#connected.applier.update(object, referenceOf(object), request.ignoreChanges);
      return this.#whenReady(result, request.timeout, call);
    });
  }

  async read({ inputs }: ReadRequest): Promise<Properties | undefined> {
    const live = await this.#connected.applier.read(referenceOf(toObject(inputs)));
    return live && toOutputs(live);
  }

  async delete({ inputs, timeout }: DeleteRequest, call: Call): Promise<void> {
    const object = toObject(inputs);
    await this.#connected.deleter.delete(object, referenceOf(object), timeout, call);
  }

  async close(): Promise<void> {
    await this.#connection?.watches.close();
    await this.#connection?.client.close();
    this.#connection = undefined;
  }

  get #connected(): Connection {
    if (this.#connection === undefined) throw new Error("the Kubernetes provider is not configured");
    return this.#connection;
  }

  async #whenReady({ object, effect }: ApplyResult, seconds: number, call: Call): Promise<Applied> {
    const applied = withoutManagedFields(object);
    try {
      const ready = await this.#connected.awaiter.ready(applied, seconds, call);
      return { id: idOf(ready), outputs: toOutputs(ready), effect };
    } catch (error) {
      const latest = error instanceof NotReadyError ? error.latest : applied;
      const { message, cause } = error as Error;
      throw new InitializationError(message, { id: idOf(latest), outputs: toOutputs(latest), effect }, { cause });
    }
  }
}

/** Stands for a value that a preview does not know: it differs from everything that was there before. */
const UNKNOWN_TEXT = "[unknown]";

function toObject(inputs: Properties): KubernetesObject {
  return revealAll(inputs) as KubernetesObject;
}

/** The data of Secrets is secret whether the program said so or not. */
function toOutputs(object: KubernetesObject): Properties {
  if (object.kind !== "Secret") return object;
  const isSecret = (key: string) => key === "data" || key === "stringData";
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isSecret(key) ? new Secret(value) : value]),
  );
}

function referenceOf({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference {
  const namespace = textAt(metadata, "namespace");
  return { apiVersion, kind, name: metadata.name, ...(namespace !== undefined && { namespace }) };
}

function idOf(object: KubernetesObject): string {
  const { name, namespace } = referenceOf(object);
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function mismatch(property: string, actual: Value | undefined, expected: string): readonly CheckFailure[] {
  if (actual === UNKNOWN || actual === expected) return [];
  return [{ property, reason: `is ${JSON.stringify(actual)}, but the resource's type says ${expected}` }];
}

function missingName(metadata: Value | undefined): readonly CheckFailure[] {
  const inner = metadata instanceof Secret ? metadata.value : metadata;
  const name = isMap(inner) ? inner["name"] : inner;
  if (name === UNKNOWN || (typeof name === "string" && name !== "")) return [];
  return [{ property: "metadata.name", reason: "is missing: the rehearsal does not name objects automatically" }];
}

/** Finds a wrong annotation before anything is applied. */
function malformedWait(metadata: Value | undefined): readonly CheckFailure[] {
  try {
    if (metadata !== undefined) waitForCriteria({ metadata: reveal(metadata, UNKNOWN_TEXT) });
    return [];
  } catch (error) {
    if (error instanceof UserError) return [{ property: "metadata.annotations", reason: error.message }];
    throw error;
  }
}

/** Runs an operation on a Secret so that no error it throws can show what is in it. */
async function withoutSecrets<T>(object: KubernetesObject, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (object.kind !== "Secret" || !(error instanceof Error)) throw error;
    const { data = {}, stringData = {} } = object;
    const encoded = secretStrings(new Secret(data));
    const decoded = encoded.map((text) => Buffer.from(text, "base64").toString("utf8"));
    const secrets = [...encoded, ...decoded, ...secretStrings(new Secret(stringData))];
    error.message = redact(error.message, secrets);
    error.stack = redact(error.stack ?? "", secrets);
    throw error;
  }
}
