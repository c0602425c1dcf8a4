import type { Progress } from "../components/kit/progress.ts";
import { CLOUDS } from "../components/cluster/contract.ts";
import { defined } from "../components/kit/defined.ts";
import { UserError } from "../components/kit/errors.ts";
import { textAt } from "../components/kit/objects.ts";
import {
  type LastingVolume,
  lastingResources,
  lastingVolumes,
  type Outliving,
  type Place,
} from "../deployment/outliving.ts";
import { requireUnprotected } from "../deployment/protection.ts";
import type { StackResource } from "../deployment/stack-resources.ts";
import { deleteData, type Remains, remainsIn, removeKinds, removeLeftovers } from "../deployment/remains.ts";
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
  /** Gone with the stack where that made a cluster of its own. */
  readonly controlPlane: Pick<ControlPlane, "name" | "kubeconfig" | "version">;
  readonly result: EngineResult;
  /** How many kinds were removed that the engine leaves for the sake of their objects. */
  readonly kinds: number;
  /** How many objects of controllers were removed once the engine had deleted its own. */
  readonly leftovers: number;
  /** What is retained; nothing where data was to be deleted. */
  readonly remains: Remains;
  /** Where the cluster went with the stack: what is left in the cloud. */
  readonly outliving?: Outliving & { readonly place: Place };
}

const NOTHING: Remains = { namespaces: [], claims: [] };

/**
 * Removes the installation from a kept control plane: what the engine's state holds in reverse order, then what
 * controllers have left. The control plane stays, unless the stack made the cluster, which then goes as well. Throws
 * UserError where there is no such control plane, it is protected or something does not go.
 */
export async function destroyInstallation(options: DestroyOptions): Promise<Destruction> {
  const { progress, signal, name } = options;
  const engine = await engines[options.engine]();
  const controlPlane = await attach(name);
  const { directory, kubeconfig, version } = controlPlane;
  const stored = await engine.resources({ directory });
  const place = placeOf(stored);
  if (place !== undefined && options.deleteData) throw dataIsTheClouds(name);
  requireUnprotected(stored, liftingProtection(name));
  const client = await ApiClient.connect(kubeconfig);
  try {
    let volumes: readonly LastingVolume[] = [];
    const result = await progress.phase(`Destroy on Kubernetes ${version}`, async (report) => {
      const command = `npm run rehearse -- destroy ${name} --delete-data`;
      await settleUsersData(client, { deleteData: options.deleteData, command, report, signal });
      if (place !== undefined) volumes = await lastingVolumes(client);
      const count = new Countdown();
      const onEvent = (event: HostEvent) => {
        count.record(event);
        report(count.progress());
      };
      return engine.destroy({ directory, kubeconfig, signal, onEvent });
    });
    signal.throwIfAborted();
    if (result.failures.length > 0) return { controlPlane, result, kinds: 0, leftovers: 0, remains: NOTHING };
    if (place !== undefined) {
      await controlPlane.stop();
      const outliving = { volumes, resources: lastingResources(stored), place };
      return { controlPlane, result, kinds: 0, leftovers: 0, remains: NOTHING, outliving };
    }
    return await progress.phase("What controllers have left", async (report) => {
      const remains = await remainsIn(client);
      const kinds = await removeKinds(client, { report, signal });
      const leftovers = await removeLeftovers(client, remains, { report, signal });
      if (options.deleteData) await deleteData(client, remains, { report, signal });
      return { controlPlane, result, kinds, leftovers, remains: options.deleteData ? NOTHING : remains };
    });
  } finally {
    await client.close();
  }
}

/** Where a stack has made its cluster, as the provider in its state says; undefined for one on an existing cluster. */
function placeOf(stored: readonly StackResource[]): Place | undefined {
  for (const cloud of CLOUDS) {
    const provider = stored.find(({ type }) => type === `pulumi:providers:${cloud}`);
    if (provider !== undefined) return { cloud, ...defined({ region: textAt(provider.inputs, "region") }) };
  }
  return undefined;
}

function dataIsTheClouds(name: string): UserError {
  return new UserError(
    "--delete-data is for existing clusters: of one that goes with its stack, volumes stay in the cloud",
    {
      next: `npm run rehearse -- destroy ${name}; it lists them with the commands that delete them`,
      exitCode: 2,
    },
  );
}

function liftingProtection(name: string): string {
  return (
    `write "config: { kubeflow:cluster: { protect: false } }" into a file, ` +
    `then npm run rehearse -- prod --cloud CLOUD --name ${name} --config FILE, then this again`
  );
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
