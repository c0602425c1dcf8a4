import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import type { Client } from "../control-plane/client.ts";
import { keyOf, Store, type Stored } from "./store.ts";

export interface Service extends Stored {
  readonly spec: { readonly type?: string; readonly clusterIP?: string };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

export interface EndpointSlice extends Stored {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

export interface Deployment extends Stored {
  readonly spec: { readonly template: V1PodTemplateSpec };
  readonly status?: { readonly readyReplicas?: number };
}

export interface Condition {
  readonly type: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Issuer extends Stored {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface Certificate extends Stored {
  readonly spec: {
    readonly secretName: string;
    readonly commonName?: string;
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
    readonly issuerRef: { readonly name: string; readonly kind?: string; readonly group?: string };
    readonly secretTemplate?: {
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  };
  readonly status?: { readonly conditions?: readonly (Condition & { readonly observedGeneration?: number })[] };
}

export interface Webhook {
  readonly name: string;
  readonly clientConfig: {
    readonly caBundle?: string;
    readonly service?: { readonly name: string; readonly namespace: string; readonly path?: string };
  };
  readonly rules?: readonly object[];
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface WebhookConfiguration extends Stored {
  readonly webhooks?: readonly Webhook[];
}

/** What the stand-ins see of the cluster. */
export interface Cluster {
  readonly services: Store<Service>;
  readonly endpointSlices: Store<EndpointSlice>;
  readonly readyDeployments: ReadyDeployments;
  readonly webhookConfigurations: readonly Store<WebhookConfiguration>[];
  /** Metadata only: the schemas of CRDs are megabytes. */
  readonly definitions: Store<Stored>;
  readonly issuers: readonly [namespaced: Store<Issuer>, cluster: Store<Issuer>];
  readonly certificates: Store<Certificate>;
  /** Metadata only: that one came or changed is all that matters. */
  readonly secrets: Store<Stored>;
}

/** Deployments that have a ready pod: what their controllers would do is done from then on. */
export class ReadyDeployments {
  readonly #store: Store<Deployment>;
  readonly #listeners: (() => void)[] = [];
  #ready: ReadonlySet<string> = new Set();

  constructor(store: Store<Deployment>) {
    this.#store = store;
    store.onChange(() => {
      const ready = new Set(
        store
          .values()
          .filter(({ status }) => (status?.readyReplicas ?? 0) > 0)
          .map(keyOf),
      );
      const isSame = ready.size === this.#ready.size && [...ready].every((key) => this.#ready.has(key));
      this.#ready = ready;
      if (!isSame) for (const listener of this.#listeners) listener();
    });
  }

  has(key: string): boolean {
    return this.#ready.has(key);
  }

  /** The Deployment, undefined while it has no ready pod. */
  get(key: string): Deployment | undefined {
    return this.has(key) ? this.#store.get(key) : undefined;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
const CERT_MANAGER = "/apis/cert-manager.io/v1";

/** Watches what several stand-ins look at, until the signal. */
export function watchCluster(client: Client, signal: AbortSignal): Cluster {
  const follow = <T extends Stored>(path: string, options?: ConstructorParameters<typeof Store>[1]): Store<T> => {
    const store = new Store<T>(path, options);
    void store.follow(client, signal);
    return store;
  };
  return {
    services: follow("/api/v1/services"),
    endpointSlices: follow("/apis/discovery.k8s.io/v1/endpointslices"),
    readyDeployments: new ReadyDeployments(follow("/apis/apps/v1/deployments")),
    webhookConfigurations: [
      follow(`${ADMISSION}/mutatingwebhookconfigurations`),
      follow(`${ADMISSION}/validatingwebhookconfigurations`),
    ],
    definitions: follow("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", { metadataOnly: true }),
    issuers: [follow(`${CERT_MANAGER}/issuers`), follow(`${CERT_MANAGER}/clusterissuers`)],
    certificates: follow(`${CERT_MANAGER}/certificates`),
    secrets: follow("/api/v1/secrets", { metadataOnly: true }),
  };
}
