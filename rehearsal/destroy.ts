import type { Progress } from "../components/kit/progress.ts";
import { deleteData, type Remains, remainsIn, removeLeftovers } from "../deployment/remains.ts";
import { settleUsersData } from "../deployment/users-data.ts";
import { attach, type ControlPlane } from "./control-plane/index.ts";
import { type EngineName, type EngineResult, engines } from "./engines/index.ts";
import type { HostEvent } from "./host/index.ts";
import { ApiClient } from "./providers/kubernetes/client.ts";

export interface DestroyOptions {
  /** Of a kept control plane. */
  readonly name: string;
  /** That installed on it. */
  readonly engine: EngineName;
  /** Whether what holds data goes as well. */
  readonly deleteData: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What a destroy did and what it left. */
export interface Destruction {
  readonly controlPlane: Pick<ControlPlane, "name" | "kubeconfig" | "version">;
  readonly result: EngineResult;
  /** How many objects of controllers were removed once the engine had deleted its own. */
  readonly leftovers: number;
  /** What is retained; nothing where data was to be deleted. */
  readonly remains: Remains;
}

const NOTHING: Remains = { namespaces: [], claims: [] };

/**
 * Removes the installation from a kept control plane, which stays: what the engine's state holds in reverse order, then
 * what controllers have left. Throws UserError where there is no such control plane or something does not go.
 */
export async function destroyInstallation(options: DestroyOptions): Promise<Destruction> {
  const { progress, signal } = options;
  const engine = await engines[options.engine]();
  const controlPlane = await attach(options.name);
  const { directory, kubeconfig, version } = controlPlane;
  const client = await ApiClient.connect(kubeconfig);
  try {
    const result = await progress.phase(`Destroy on Kubernetes ${version}`, async (report) => {
      const command = `npm run rehearse -- destroy ${options.name} --delete-data`;
      await settleUsersData(client, { deleteData: options.deleteData, command, report, signal });
      const count = new Countdown();
      const onEvent = (event: HostEvent) => {
        count.record(event);
        report(count.progress());
      };
      return engine.destroy({ directory, kubeconfig, signal, onEvent });
    });
    signal.throwIfAborted();
    if (result.failures.length > 0) return { controlPlane, result, leftovers: 0, remains: NOTHING };
    return await progress.phase("What controllers have left", async (report) => {
      const remains = await remainsIn(client);
      const leftovers = await removeLeftovers(client, remains, { report, signal });
      if (options.deleteData) await deleteData(client, remains, { report, signal });
      return { controlPlane, result, leftovers, remains: options.deleteData ? NOTHING : remains };
    });
  } finally {
    await client.close();
  }
}

/** Tells in one line how far a destroy is. */
class Countdown {
  readonly #waiting = new Map<string, string>();
  #deleted = 0;

  record({ type, urn, name, message }: HostEvent): void {
    if (type === "waiting") this.#waiting.set(urn, message ?? name);
    if (type === "deleted" || type === "failed") this.#waiting.delete(urn);
    if (type === "deleted") this.#deleted += 1;
  }

  /** `412 resources deleted; waiting for Namespace auth to be gone: finalizers kubernetes (and 7 more)`. */
  progress(): string {
    const [first] = this.#waiting.values();
    const more = this.#waiting.size > 1 ? ` (and ${this.#waiting.size - 1} more)` : "";
    return `${this.#deleted} resources deleted${first === undefined ? "" : `; ${first}${more}`}`;
  }
}
