import { listAt, textAt } from "../../../components/kit/objects.ts";
import type { JsonObject } from "../../host/values.ts";
import { ApiError, type ApiClient } from "./client.ts";
import { objectsAt } from "./objects.ts";

/** How a kind is addressed. */
export interface ApiResource {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The kind is not served (yet). Worded as the real provider words it: error hooks look for it. */
export class NoMatchError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`no matches for kind "${kind}" in version "${apiVersion}"`);
    this.name = "NoMatchError";
  }
}

/** Knows what the API server serves, asking once a group and version, and again for kinds that were missing. */
export class Discovery {
  readonly #client: ApiClient;
  readonly #served = new Map<string, Promise<ReadonlyMap<string, ApiResource>>>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Throws {@link NoMatchError} for a kind that is not served at this moment; the next call asks the server again. */
  async resource(apiVersion: string, kind: string): Promise<ApiResource> {
    let served = this.#served.get(apiVersion);
    if (served === undefined) {
      served = this.#discover(apiVersion);
      this.#served.set(apiVersion, served);
    }
    try {
      const resource = (await served).get(kind);
      if (resource !== undefined) return resource;
    } catch (error) {
      this.#served.delete(apiVersion);
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
    this.#served.delete(apiVersion);
    throw new NoMatchError(apiVersion, kind);
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, ApiResource>> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { body } = await this.#client.request(root);
    const resources = objectsAt(body, "resources").filter((entry) => !textAt(entry, "name")?.includes("/"));
    return new Map(
      resources.map((entry) => [
        textAt(entry, "kind") ?? "",
        { root, plural: textAt(entry, "name") ?? "", namespaced: entry["namespaced"] === true },
      ]),
    );
  }
}

const ALL_GROUPS = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** Every kind of which objects can be listed, each in the version that the server prefers, with the verbs it allows. */
export async function servedKinds(
  client: ApiClient,
): Promise<(ApiResource & { readonly verbs: readonly unknown[] })[]> {
  const answers = await Promise.all(["/api", "/apis"].map((root) => client.request(root, { accept: ALL_GROUPS })));
  return answers.flatMap(({ body }) =>
    objectsAt(body, "items").flatMap((entry) => {
      const group = textAt(entry, "metadata", "name") ?? "";
      const [preferred] = objectsAt(entry, "versions");
      const version = textAt(preferred, "version") ?? "";
      const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      return objectsAt(preferred, "resources")
        .map((resource) => ({
          root,
          plural: textAt(resource, "resource") ?? "",
          namespaced: resource["scope"] === "Namespaced",
          verbs: listAt(resource, "verbs"),
        }))
        .filter(({ verbs }) => verbs.includes("list"));
    }),
  );
}

/** Every object of one kind, as the API server lists them. */
export interface Listing {
  /** `deployments.apps`. */
  readonly type: string;
  /** The list; its items do not say their kind. */
  readonly body: JsonObject;
}

/** All that an API server holds, kind by kind: those whose plural is wanted, as `accept` asks for them. */
export async function listAll(
  client: ApiClient,
  { isWanted, accept }: { readonly isWanted: (plural: string) => boolean; readonly accept?: string },
): Promise<Listing[]> {
  const kinds = (await servedKinds(client)).filter(({ plural }) => isWanted(plural));
  return Promise.all(
    kinds.map(async (kind) => {
      const { body } = await client.request(collectionPath(kind), accept === undefined ? {} : { accept });
      return { type: [kind.plural, ...kind.root.split("/").slice(2, -1)].join("."), body };
    }),
  );
}

/** What tells an item of a listing from all others: `deployments.apps kubeflow/mysql`. */
export function itemId({ type }: Pick<Listing, "type">, item: JsonObject): string {
  const namespace = textAt(item, "metadata", "namespace");
  return `${type} ${namespace === undefined ? "" : `${namespace}/`}${textAt(item, "metadata", "name") ?? ""}`;
}

export function collectionPath({ root, plural }: Pick<ApiResource, "root" | "plural">): string {
  return `${root}/${plural}`;
}

export function objectPath(
  { root, plural }: Pick<ApiResource, "root" | "plural">,
  namespace: string | undefined,
  name: string,
): string {
  const scope = namespace === undefined ? root : `${root}/namespaces/${namespace}`;
  return `${scope}/${plural}/${encodeURIComponent(name)}`;
}

/** Whether an error says that the object or its kind is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof NoMatchError || (error instanceof ApiError && error.status === 404);
}
