import { idOf, type KubernetesObject, listAt, textAt } from "../../components/kit/objects.ts";
import { ApiError, type Client } from "../control-plane/client.ts";

/** What is in a cluster, by the ids that `objectId` gives. */
export interface Live {
  find(id: string): Promise<KubernetesObject | undefined>;
  /** All of a kind, named as `groupKind` names it. */
  all(kind: string): Promise<readonly KubernetesObject[]>;
}

/** API paths of the kinds that are read. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  "Deployment.apps": "/apis/apps/v1",
  ConfigMap: "/api/v1",
  "ClusterServingRuntime.serving.kserve.io": "/apis/serving.kserve.io/v1alpha1",
};

/** A running cluster. */
export function liveCluster(client: Client): Live {
  return {
    find(id) {
      const [kind = "", path = ""] = id.split(" ");
      const [namespace, name] = path.split("/");
      return client.find<KubernetesObject>(`${COLLECTIONS[kind]}/namespaces/${namespace}/${pluralOf(kind)}/${name}`);
    },
    async all(kind) {
      try {
        return (await client.read<{ items: KubernetesObject[] }>(`${COLLECTIONS[kind]}/${pluralOf(kind)}`)).items;
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      }
    },
  };
}

/** Throws RangeError where there is no such object. */
export async function read(live: Live, id: string): Promise<KubernetesObject> {
  const found = await live.find(id);
  if (found === undefined) throw new RangeError(`${id} is not there`);
  return found;
}

function pluralOf(kind: string): string {
  return `${kind.split(".")[0]?.toLowerCase()}s`;
}

/** A container of a Deployment, as what it runs sees it. */
export class Program {
  readonly #live: Live;
  readonly #namespace: string;
  readonly #container: unknown;

  private constructor(live: Live, namespace: string, container: unknown) {
    this.#live = live;
    this.#namespace = namespace;
    this.#container = container;
  }

  /** `name` is that of the Deployment with its namespace. Throws RangeError where either is not there. */
  static async of(live: Live, name: string, container: string): Promise<Program> {
    const deployment = await read(live, `Deployment.apps ${name}`);
    const containers = listAt(deployment, "spec", "template", "spec", "containers");
    const found = containers.find((one) => textAt(one, "name") === container);
    if (found === undefined) throw new RangeError(`Deployment ${name} has no container ${container}`);
    return new Program(live, name.split("/")[0] ?? "", found);
  }

  /** What it is itself. */
  get image(): string {
    return textAt(this.#container, "image") ?? "";
  }

  /** The value of an environment variable, from wherever it comes but Secrets. */
  async variable(name: string): Promise<string | undefined> {
    const own = listAt(this.#container, "env").find((one) => textAt(one, "name") === name);
    if (own !== undefined) {
      const from = textAt(own, "valueFrom", "configMapKeyRef", "name");
      if (from === undefined) return textAt(own, "value");
      return (await this.#data(from))[textAt(own, "valueFrom", "configMapKeyRef", "key") ?? ""];
    }
    for (const source of listAt(this.#container, "envFrom")) {
      const from = textAt(source, "configMapRef", "name");
      const value = from === undefined ? undefined : (await this.#data(from))[name];
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The value of a flag, as `--flag value` or `--flag=value`. */
  flag(name: string): string | undefined {
    const args = listAt(this.#container, "args") as readonly string[];
    const joined = args.find((argument) => argument.startsWith(`${name}=`));
    if (joined !== undefined) return joined.slice(name.length + 1);
    const index = args.indexOf(name);
    return index < 0 ? undefined : args[index + 1];
  }

  async #data(configMap: string): Promise<Readonly<Record<string, string>>> {
    return dataOf(await read(this.#live, idOf("ConfigMap", this.#namespace, configMap)));
  }
}

export function dataOf(configMap: KubernetesObject): Readonly<Record<string, string>> {
  return (configMap["data"] ?? {}) as Readonly<Record<string, string>>;
}
