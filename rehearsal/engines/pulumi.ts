import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type EngineEvent, LocalWorkspace, type OpMap, type Stack } from "@pulumi/pulumi/automation/index.js";
import { dump, load } from "js-yaml";
import { systemErrorCode, UserError } from "../../components/kit/errors.ts";
import { OPERATIONS_AT_ONCE } from "../../deployment/deploy.ts";
import { onPath } from "../../deployment/pulumi.ts";
import type { HostEvent } from "../host/index.ts";
import type { Engine, EngineResult, EngineRun } from "./engine.ts";

/**
 * The real Pulumi CLI of the PATH with its Kubernetes plugin. Its state, its settings and the copy of Pulumi.yaml that
 * they belong to lie with the control plane, so nothing of the user's stacks is touched. Throws UserError with exit
 * code 2 where there is no CLI.
 */
export const pulumiEngine: Engine = async (run) => {
  await requireCli();
  const stack = await openStack(run);
  const log = new EventLog(run.onEvent);
  const cancel = () => void stack.cancel().catch(() => undefined);
  run.signal.addEventListener("abort", cancel, { once: true });
  try {
    const { summary } = await stack.up({
      onEvent: (event) => log.record(event),
      suppressProgress: true,
      color: "never",
    });
    return log.result(summary.resourceChanges ?? {});
  } catch (error) {
    run.signal.throwIfAborted();
    return log.result({}, error instanceof Error ? error.message : String(error));
  } finally {
    run.signal.removeEventListener("abort", cancel);
  }
};

/** Throws UserError where the PATH holds no Pulumi CLI. */
export async function requireCli(): Promise<void> {
  if ((await onPath("pulumi", process.env)) !== undefined) return;
  throw new UserError("--engine pulumi needs the Pulumi CLI, which is not on the PATH", {
    next: "install it (https://www.pulumi.com/docs/install/), or rehearse with --engine local",
    exitCode: 2,
  });
}

async function openStack({ program, project, stack: name, config, directory }: EngineRun): Promise<Stack> {
  const workDir = path.join(directory, "pulumi");
  const backend = path.join(workDir, "state");
  await mkdir(backend, { recursive: true });
  const definition = load(await readFile(path.join(program, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
  await writeFile(
    path.join(workDir, "Pulumi.yaml"),
    dump({ ...definition, name: project, main: path.resolve(program) }),
  );
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, workDir },
    {
      workDir,
      envVars: {
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: await passphrase(path.join(workDir, "passphrase")),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_EXPERIMENTAL: "true",
        PULUMI_SKIP_CHECKPOINTS: "true",
      },
    },
  );
  await stack.setAllConfig(Object.fromEntries(config));
  return stack;
}

async function passphrase(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
  const made = randomBytes(24).toString("base64");
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

/** Turns the CLI's events into the rehearsal's. */
class EventLog {
  readonly #onEvent: (event: HostEvent) => void;
  readonly #resources: EngineResult["resources"][number][] = [];
  readonly #failures: { urn: string; message: string }[] = [];
  readonly #retried = new Set<string>();

  constructor(onEvent: (event: HostEvent) => void) {
    this.#onEvent = onEvent;
  }

  record(event: EngineEvent): void {
    const { diagnosticEvent, resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
    const begun = resourcePreEvent?.metadata;
    if (begun !== undefined) this.#emit("registering", begun.urn, begun.type, begun.new?.parent);
    const done = resOutputsEvent?.metadata;
    if (done !== undefined) {
      const operation = OPERATIONS[done.op] ?? "same";
      this.#emit(EVENTS[operation], done.urn, done.type, done.new?.parent);
      this.#resources.push({ type: done.type, name: nameOf(done.urn), operation });
    }
    if (resOpFailedEvent !== undefined)
      this.#emit("failed", resOpFailedEvent.metadata.urn, resOpFailedEvent.metadata.type);
    if (diagnosticEvent !== undefined) this.#diagnose(diagnosticEvent);
  }

  result(changes: OpMap, failure?: string): EngineResult {
    const { create = 0, update = 0, same = 0, delete: deleted = 0 } = changes;
    const kubernetes = (operation: string) =>
      this.#resources.filter((one) => one.operation === operation && one.type.startsWith("kubernetes:")).length;
    const failures =
      failure !== undefined && this.#failures.length === 0 ? [{ urn: "", message: failure }] : this.#failures;
    const counted = create + update + same > 0;
    return {
      resources: this.#resources,
      failures,
      retried: this.#retried.size,
      objects: {
        created: counted ? kubernetes("create") : 0,
        changed: kubernetes("update"),
        unchanged: kubernetes("same"),
        deleted,
      },
    };
  }

  #diagnose({ urn = "", message, severity }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const text = message.trim();
    if (/retrying \w+ due to/.test(text)) {
      this.#retried.add(urn);
      this.#emit("retrying", urn, typeOf(urn), undefined, text);
    } else if (severity === "error") this.#failures.push({ urn, message: text });
    else if (urn !== "") this.#emit("waiting", urn, typeOf(urn), undefined, text);
  }

  #emit(type: HostEvent["type"], urn: string, resourceType: string, parent?: string, message?: string): void {
    this.#onEvent({
      type,
      urn,
      resourceType,
      name: nameOf(urn),
      ...(parent === undefined ? {} : { parent }),
      ...(message === undefined ? {} : { message }),
    });
  }
}

const OPERATIONS: Readonly<Record<string, "create" | "update" | "same" | "delete">> = {
  create: "create",
  update: "update",
  same: "same",
  delete: "delete",
};

const EVENTS = { create: "created", update: "updated", same: "unchanged", delete: "deleted" } as const;

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function typeOf(urn: string): string {
  const type = urn.split("::")[2] ?? "";
  return type.slice(type.lastIndexOf("$") + 1);
}
