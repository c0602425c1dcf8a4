import { textAt } from "../../../components/kit/objects.ts";
import type { Call } from "../provider.ts";
import type { ApiClient } from "./client.ts";
import { ApiError } from "./client.ts";
import { diagnose } from "./diagnosis.ts";
import { annotation, describe, type KubernetesObject } from "./objects.ts";
import { judgeOf, type Readiness, type Surroundings } from "./readiness.ts";
import { waitForCriteria } from "./waitfor.ts";
import { objectKey, type SharedWatch, type Watches } from "./watch.ts";

export const SKIP_AWAIT = "pulumi.com/skipAwait";
const DEFAULT_SECONDS = 600;

/** The object was applied but did not become ready; `latest` is its last known state. */
export class NotReadyError extends Error {
  readonly latest: KubernetesObject;

  constructor(message: string, latest: KubernetesObject, cause?: unknown) {
    super(message, { cause });
    this.name = "NotReadyError";
    this.latest = latest;
  }
}

/** Waits for objects through watches that everyone shares: a wait costs no request of its own. */
export class Awaiter {
  readonly #client: ApiClient;
  readonly #watches: Watches;
  readonly #bindingModes = new Map<string, Promise<boolean>>();

  constructor(client: ApiClient, watches: Watches) {
    this.#client = client;
    this.#watches = watches;
  }

  /**
   * Waits until the applied object is ready, by its `pulumi.com/waitFor` or else by its kind, and returns its latest
   * state. `seconds` 0 means ten minutes. Throws {@link NotReadyError} at the deadline, at once where it has failed for
   * good, and when the call is interrupted (then with the signal's reason as cause).
   */
  async ready(applied: KubernetesObject, seconds: number, call: Call): Promise<KubernetesObject> {
    if (annotation(applied, SKIP_AWAIT) === "true") return applied;
    const evaluation = await this.#evaluation(applied);
    if (evaluation === undefined || evaluation.evaluate(applied).ready) return applied;
    const watch = await this.#watches.get(applied.apiVersion, applied.kind);
    return new Wait(this.#client, applied, evaluation, watch, seconds || DEFAULT_SECONDS, call).end;
  }

  async #evaluation(applied: KubernetesObject): Promise<Evaluation | undefined> {
    const criteria = waitForCriteria(applied);
    if (criteria !== undefined) {
      const evaluate = (object: KubernetesObject): Readiness =>
        criteria.map((criterion) => criterion(object)).find(({ ready }) => !ready) ?? { ready: true };
      return { evaluate };
    }
    const judge = judgeOf(applied);
    if (judge === undefined) return undefined;
    const slices =
      applied.kind === "Service" ? await this.#watches.get("discovery.k8s.io/v1", "EndpointSlice") : undefined;
    const waitsForConsumer = applied.kind === "PersistentVolumeClaim" && (await this.#waitsForConsumer(applied));
    const evaluate = (object: KubernetesObject) =>
      judge(object, { endpointSlices: slicesOf(object, slices), waitsForConsumer });
    return { evaluate, ...(slices !== undefined && { also: slices }) };
  }

  /** True when the claim's class binds volumes only once a pod uses them. */
  #waitsForConsumer(claim: KubernetesObject): Promise<boolean> {
    const name = textAt(claim, "spec", "storageClassName");
    if (name === undefined || name === "") return Promise.resolve(false);
    let mode = this.#bindingModes.get(name);
    if (mode === undefined) {
      mode = this.#client.request(`/apis/storage.k8s.io/v1/storageclasses/${name}`).then(
        ({ body }) => body["volumeBindingMode"] === "WaitForFirstConsumer",
        (error: unknown) => {
          this.#bindingModes.delete(name);
          if (error instanceof ApiError && error.status === 404) return false;
          throw error;
        },
      );
      this.#bindingModes.set(name, mode);
    }
    return mode;
  }
}

interface Evaluation {
  readonly evaluate: (object: KubernetesObject) => Readiness;
  /** Another watch whose events matter. */
  readonly also?: SharedWatch;
}

/** One wait: ends at the first event that makes the object ready, at the deadline or at the interrupt. */
class Wait {
  readonly end: Promise<KubernetesObject>;
  readonly #name: string;
  readonly #key: string;
  #latest: KubernetesObject;
  #waiting = "";

  constructor(
    client: ApiClient,
    applied: KubernetesObject,
    { evaluate, also }: Evaluation,
    watch: SharedWatch,
    seconds: number,
    call: Call,
  ) {
    this.#latest = applied;
    const { kind, metadata } = applied;
    const namespace = textAt(applied, "metadata", "namespace");
    this.#name = describe({ kind, name: metadata.name, ...(namespace !== undefined && { namespace }) });
    this.#key = objectKey(namespace, metadata.name);
    const { promise, resolve, reject } = Promise.withResolvers<KubernetesObject>();
    const refuse = (message: string, cause?: unknown) => reject(new NotReadyError(message, this.#latest, cause));

    const look = () => {
      try {
        const readiness = evaluate(this.#latest);
        if (readiness.ready) return resolve(this.#latest);
        if (readiness.failed === true) return refuse(`${this.#name} ${readiness.waiting}`);
        if (readiness.waiting !== this.#waiting) call.status(`waiting for ${this.#name}: ${readiness.waiting}`);
        this.#waiting = readiness.waiting;
      } catch (error) {
        reject(error);
      }
    };
    const onObject = (key: string, object: KubernetesObject | undefined) => {
      if (key !== this.#key) return;
      if (object === undefined) return refuse(`${this.#name} was deleted while it was waited for`);
      if (version(object) < version(applied)) return;
      this.#latest = object;
      look();
    };
    const onDeadline = async () => {
      const isSaid = (cause: string) => this.#waiting.includes(cause.replace(/^\w+=\w+: /, ""));
      const causes = (await diagnose(client, this.#latest)).filter((cause) => !isSaid(cause));
      const why = causes.length > 0 ? `; ${causes.join("; ")}` : "";
      refuse(`${this.#name} is not ready after ${seconds} s: ${this.#waiting}${why}`);
    };
    const onAbort = () => refuse(`interrupted while waiting for ${this.#name}: ${this.#waiting}`, call.signal.reason);

    const endings = [watch.subscribe(onObject), also?.subscribe(look)];
    const timer = setTimeout(() => void onDeadline(), seconds * 1000);
    call.signal.addEventListener("abort", onAbort);
    this.end = promise.finally(() => {
      clearTimeout(timer);
      call.signal.removeEventListener("abort", onAbort);
      for (const end of endings) end?.();
    });
    look();
    const known = watch.objects.get(this.#key);
    if (known !== undefined) onObject(this.#key, known);
    if (call.signal.aborted) onAbort();
  }
}

/** Resource versions of one API server grow; a watch may still tell of the time before the object was applied. */
function version(object: KubernetesObject): number {
  return Number(textAt(object, "metadata", "resourceVersion") ?? 0);
}

function slicesOf(service: KubernetesObject, slices: SharedWatch | undefined): Surroundings["endpointSlices"] {
  const namespace = textAt(service, "metadata", "namespace");
  return [...(slices?.objects.values() ?? [])].filter(
    (slice) =>
      textAt(slice, "metadata", "namespace") === namespace &&
      textAt(slice, "metadata", "labels", "kubernetes.io/service-name") === service.metadata.name,
  );
}
