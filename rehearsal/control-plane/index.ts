import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../components/kit/errors.ts";
import { type Binaries, COMPONENTS } from "./components.ts";
import {
  checkedName,
  clear,
  createDirectory,
  directoryOf,
  kubeconfigOf,
  type KeeperRecord,
  sweep,
} from "./directory.ts";
import { checkedFaults, type WrittenFaultPlan } from "./faults.ts";
import { identify, isAlive, sendSignal } from "./identity.ts";
import { KeeperLink } from "./link.ts";

export { type Binaries, COMPONENTS } from "./components.ts";
export { checkedFaults, type WrittenFaultPlan, readFaults } from "./faults.ts";
export { createNodes, removeNodes, type SimulatedNode } from "./nodes.ts";
export { outsideConnections } from "./outside-connections.ts";
export { createDefaultStorageClass } from "./storage-class.ts";

/** A running throwaway Kubernetes with its stand-ins. */
export interface ControlPlane {
  readonly name: string;
  /** Absolute; holds everything of it, gone with it. */
  readonly directory: string;
  /** Absolute path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Kubernetes, such as `1.34.4`. */
  readonly version: string;
  /** Lets it outlive this process. */
  keep(): Promise<void>;
  /** Ends it and waits until nothing of it is left. */
  stop(): Promise<void>;
  /** Calls back when it goes without having been stopped, with the reason. */
  onLost(callback: (error: UserError) => void): void;
}

export interface StartOptions {
  /** A DNS label that no other control plane of this user has. */
  readonly name: string;
  readonly binaries: Binaries;
  readonly report?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** What goes wrong on purpose. */
  readonly faults?: WrittenFaultPlan;
}

/** A control plane that outlived the command which made it. */
export type Kept = Pick<ControlPlane, "name" | "directory" | "kubeconfig" | "version">;

const PATIENCE_MS = 10_000;
const POLL_MS = 50;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok and the stand-ins, and returns when pods can
 * be created. It ends with this process, however that ends, unless it is kept.
 *
 * Throws UserError where a binary is missing, the directory cannot be written, the name is taken or a component fails, and
 * the reason of `signal` when that is aborted.
 */
export async function start(options: StartOptions): Promise<ControlPlane> {
  const name = checkedName(options.name);
  await checkBinaries(options.binaries);
  options.signal?.throwIfAborted();
  await sweep();
  const self = await identify(process.pid);
  if (self === undefined) throw new Error("this process cannot be identified");
  const directory = await createDirectory({ name, keeper: self, components: [], version: "", kept: false });
  const link = new KeeperLink(directory);
  const ready = link.answer("ready", (report) => {
    if (report.kind === "progress") options.report?.(report.line);
  });
  link.send({ kind: "start", name, binaries: options.binaries, faults: checkedFaults(options.faults ?? {}) });
  try {
    const { version } = await (options.signal === undefined ? ready : Promise.race([ready, aborted(options.signal)]));
    return {
      name,
      directory,
      version,
      kubeconfig: kubeconfigOf(name),
      async keep() {
        const kept = link.answer("kept");
        link.send({ kind: "keep" });
        await kept;
      },
      stop: () => link.stop(),
      onLost: (callback) => link.onLost(callback),
    };
  } catch (error) {
    await link.stop();
    throw error;
  }
}

/** A kept control plane. Throws UserError that lists the kept ones where there is none of that name. */
export async function attach(name: string): Promise<ControlPlane> {
  const record = await keptRecord(name);
  return {
    ...describe(record),
    keep: () => Promise.resolve(),
    stop: () => remove(name),
    onLost: (callback) => void watchKeeper(record, callback),
  };
}

export async function kept(): Promise<Kept[]> {
  return (await sweep()).filter((record) => record.kept).map(describe);
}

/**
 * Ends a control plane, kept or not, and waits until nothing of it is left. Throws UserError where there is none of
 * that name.
 */
export async function remove(name: string): Promise<void> {
  const record = (await sweep()).find((candidate) => candidate.name === name) ?? (await keptRecord(name));
  sendSignal(record.keeper.pid, "SIGTERM");
  const deadline = Date.now() + PATIENCE_MS;
  while ((await isAlive(record.keeper)) && Date.now() < deadline) await sleep(POLL_MS);
  if (await isAlive(record.keeper)) sendSignal(-record.keeper.pid, "SIGKILL");
  await clear(directoryOf(name));
}

async function keptRecord(name: string): Promise<KeeperRecord> {
  const records = (await sweep()).filter((record) => record.kept);
  const record = records.find((candidate) => candidate.name === checkedName(name));
  if (record !== undefined) return record;
  const names = records.map((candidate) => candidate.name).join(", ");
  throw new UserError(`there is no kept rehearsal named ${name}`, {
    next: names === "" ? "keep one: npm run rehearse -- --keep" : `use one of those that were kept: ${names}`,
    exitCode: 2,
  });
}

function describe(record: KeeperRecord): Kept {
  const { name, version } = record;
  return { name, version, directory: directoryOf(name), kubeconfig: kubeconfigOf(name) };
}

async function watchKeeper(record: KeeperRecord, callback: (error: UserError) => void): Promise<void> {
  while (await isAlive(record.keeper)) await sleep(1000, undefined, { ref: false });
  await clear(directoryOf(record.name));
  callback(
    new UserError(`the control plane ${record.name} has ended`, { next: "start it again: npm run rehearse -- --keep" }),
  );
}

async function checkBinaries(binaries: Binaries): Promise<void> {
  for (const component of COMPONENTS) {
    const binary = binaries[component];
    await access(binary, constants.X_OK).catch((error: unknown) => {
      throw new UserError(`${component} cannot be run: ${binary} is not there or not executable`, {
        next: "npm run toolchain",
        cause: error,
      });
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const rejectWithReason = (): void => reject(signal.reason as Error);
    if (signal.aborted) rejectWithReason();
    else signal.addEventListener("abort", rejectWithReason, { once: true });
  });
}
