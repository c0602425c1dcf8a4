import { Secret, type Properties } from "../../rehearsal/host/values.ts";
import { KubernetesProvider } from "../../rehearsal/providers/kubernetes/index.ts";
import { type Answer, type ApiServer, type Exchange, serveApi } from "./api-server.ts";

/** A provider before an API server of a few lines, for one test. */
export class ProviderStage {
  readonly provider = new KubernetesProvider();

  /** What it said while it worked, in order. */
  readonly statuses: string[] = [];

  /** What every call of it is given; nobody interrupts. */
  readonly call = {
    signal: new AbortController().signal,
    status: (message: string) => void this.statuses.push(message),
  };

  #server: ApiServer | undefined;

  /** What `answer` leaves open is discovery or empty. */
  async connect(answer: (exchange: Exchange) => Answer | undefined, inputs: Properties = {}): Promise<ApiServer> {
    this.#server = await serveApi(answer);
    const kubeconfig = new Secret(this.#server.kubeconfig);
    const all = { kubeconfig, upsertExistingObjects: "true", ...inputs };
    await this.provider.configure({ inputs: all, preview: false });
    return this.#server;
  }

  /** `timeout` is in seconds, none where it is 0. */
  create(inputs: Properties, timeout = 0, signal = this.call.signal): ReturnType<KubernetesProvider["create"]> {
    return this.provider.create(
      { urn: "urn:x", type: `kubernetes:core/v1:${inputs["kind"] as string}`, inputs, timeout, preview: false },
      { ...this.call, signal },
    );
  }

  async close(): Promise<void> {
    await this.provider.close();
    await this.#server?.close();
  }
}

/** The ConfigMap x of the namespace n. */
export const configMap = (more: Properties = {}): Properties => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "x", namespace: "n" },
  ...more,
});

/** An applied object as the server stores it. */
export const stored = (exchange: Exchange, resourceVersion: string, more: object = {}) => ({
  ...(exchange.body as { metadata: object }),
  metadata: { ...(exchange.body as { metadata: object }).metadata, resourceVersion, managedFields: [{}] },
  ...more,
});

export const isPatch = ({ method }: Exchange) => method === "PATCH";
