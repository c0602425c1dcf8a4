import { systemErrorCode } from "../../components/kit/errors.ts";
import type { StandIns } from "../stand-ins/index.ts";
import {
  type Credentials,
  freePort,
  untilConnectable,
  untilPodsAreAccepted,
  untilReady,
  writeCredentials,
  writeKubeconfigs,
} from "./bring-up.ts";
import { Client } from "./client.ts";
import { type Component, FILES } from "./components.ts";
import { removeDirectory, writeRecord } from "./directory.ts";
import { placeObstacles, playFaults } from "./fault-player.ts";
import type { ProcessIdentity } from "./identity.ts";
import { lastLines, rescue } from "./logs.ts";
import type { Loss, Order, Report } from "./messages.ts";
import { type Exit, Supervisor } from "./supervisor.ts";

type Start = Extract<Order, { kind: "start" }>;

const BRING_UP_MS = 60_000;
const PORT_ATTEMPTS = 3;
const LOG_LINES = 10;

/** Brings one control plane up, holds it, and ends it with all that belongs to it. */
export class Keeper {
  readonly #directory: string;
  readonly #order: Start;
  readonly #self: ProcessIdentity;
  readonly #tell: (report: Report) => Promise<void>;
  readonly #supervisor: Supervisor;
  /** Aborted, with the exit as reason, when a component ends before the control plane is up. */
  #bringUp = new AbortController();
  #port = 0;
  #version = "";
  #isUp = false;
  #isKept = false;
  #standIns: StandIns | undefined;
  #ending: Promise<never> | undefined;
  /** One record is written after the other. */
  #recording = Promise.resolve();

  constructor(directory: string, order: Start, self: ProcessIdentity, tell: (report: Report) => Promise<void>) {
    this.#directory = directory;
    this.#order = order;
    this.#self = self;
    this.#tell = tell;
    this.#supervisor = new Supervisor(directory, order.binaries, (exit) => this.#componentEnded(exit));
  }

  /**
   * Brings everything up; this process has to stand in the directory, for the paths of sockets are relative to be
   * short.
   */
  async run(): Promise<void> {
    const client = await this.#bringUpAll();
    await placeObstacles(client, this.#order.faults);
    this.#isUp = true;
    await this.#record();
    await this.#tell({ kind: "ready", version: this.#version });
    await playFaults(client, this.#order.faults, {
      begin: () => this.#supervisor.stop("kube-apiserver"),
      end: () => this.#start("kube-apiserver"),
    });
    await client.close();
  }

  /** Makes it outlive the command. */
  async keep(): Promise<void> {
    this.#isKept = true;
    await this.#record();
    await this.#tell({ kind: "kept" });
  }

  /** The command is gone. */
  disconnected(): void {
    if (!this.#isKept) void this.end();
  }

  /** Ends everything, removes the directory and this process; with a loss, the command is told. */
  end(loss?: Loss): Promise<never> {
    this.#ending ??= this.#end(loss);
    return this.#ending;
  }

  /** What to say about an error: where a component ended, the end of its log, saved from removal. */
  async explain(error: unknown): Promise<Loss> {
    const exit = this.#bringUp.signal.aborted ? (this.#bringUp.signal.reason as Exit) : undefined;
    if (exit !== undefined) return this.#lossBy(exit.component, `${exit.component} did not come up (${exit.how})`);
    if (systemErrorCode(error) === "ENOSPC") return { message: `the disk that holds ${this.#directory} is full` };
    const text = error instanceof Error && error.name !== "TimeoutError" ? error.message : undefined;
    const waiting = this.#version === "" ? "kube-apiserver" : "kube-controller-manager";
    return this.#lossBy(waiting, text ?? `${waiting} was not ready after ${BRING_UP_MS / 1000} s`);
  }

  async #bringUpAll(): Promise<Client> {
    const timeout = AbortSignal.timeout(BRING_UP_MS);
    await this.#tell({ kind: "progress", line: "starting etcd and kube-apiserver" });
    await this.#supervisor.start("etcd", 0);
    const credentials = await writeCredentials(this.#directory);
    await untilConnectable("etcd.sock:0", this.#orEarlyExit(timeout));
    const client = await this.#startApiServer(credentials, timeout);
    const { startStandIns } = await import("../stand-ins/index.ts");
    this.#standIns = await startStandIns({
      kubeconfig: FILES.kubeconfig,
      socket: FILES.proxySocket,
      faults: this.#order.faults,
      log: (line) => console.log(line),
    });
    await this.#tell({ kind: "progress", line: `kube-apiserver ${this.#version} is ready, starting the controllers` });
    for (const component of ["kube-controller-manager", "kube-scheduler", "kwok"] as const) {
      await this.#start(component);
    }
    await untilPodsAreAccepted(client, this.#orEarlyExit(timeout));
    return client;
  }

  async #startApiServer(credentials: Credentials, timeout: AbortSignal): Promise<Client> {
    for (let attempt = 1; ; attempt++) {
      this.#port = await freePort();
      const client = new Client(await writeKubeconfigs(this.#directory, this.#order.name, this.#port, credentials));
      await this.#start("kube-apiserver");
      // Loading the stand-ins takes as long as a third of the API server's start: it is done meanwhile.
      void import("../stand-ins/index.ts");
      try {
        this.#version = await untilReady(client, this.#orEarlyExit(timeout));
        return client;
      } catch (error) {
        await client.close();
        if (attempt === PORT_ATTEMPTS || !(await this.#portWasTaken())) throw error;
        this.#bringUp = new AbortController();
      }
    }
  }

  /** Aborted when a component ends before everything is up, too. */
  #orEarlyExit(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#bringUp.signal]);
  }

  async #portWasTaken(): Promise<boolean> {
    const lines = await lastLines(this.#supervisor.logOf("kube-apiserver"), LOG_LINES);
    return lines.some((line) => line.includes("address already in use"));
  }

  async #start(component: Component): Promise<void> {
    await this.#supervisor.start(component, this.#port);
    await this.#record();
  }

  #record(): Promise<void> {
    this.#recording = this.#recording.then(() =>
      writeRecord(this.#directory, {
        name: this.#order.name,
        keeper: this.#self,
        components: this.#supervisor.recorded,
        version: this.#version,
        kept: this.#isKept,
      }),
    );
    return this.#recording;
  }

  #componentEnded(exit: Exit): void {
    if (!this.#isUp) return this.#bringUp.abort(exit);
    void this.#lossBy(exit.component, `${exit.component} ended in the middle of the rehearsal (${exit.how})`).then(
      (loss) => this.end(loss),
    );
  }

  async #lossBy(component: Component, message: string): Promise<Loss> {
    const file = this.#supervisor.logOf(component);
    const lines = await lastLines(file, LOG_LINES);
    const log = await rescue(file, this.#order.name);
    return { message, component, lines, ...(log === undefined ? {} : { log }) };
  }

  async #end(loss: Loss | undefined): Promise<never> {
    await this.#standIns?.stop();
    await this.#supervisor.stopAll();
    process.chdir("/");
    await removeDirectory(this.#directory);
    if (loss !== undefined) await this.#tell({ kind: "lost", loss });
    return process.exit(loss === undefined ? 0 : 1);
  }
}
