import type { EngineEvent, OpMap } from "@pulumi/pulumi/automation/index.js";
import type { HostEvent } from "../host/index.ts";
import type { EngineResult } from "./engine.ts";

/** Turns the CLI's events into the rehearsal's. */
export class EventLog {
  readonly #onEvent: (event: HostEvent) => void;
  readonly #resources: EngineResult["resources"][number][] = [];
  readonly #failures: { urn: string; message: string }[] = [];
  readonly #retried = new Set<string>();
  #deleted = 0;

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
      const isGone = operation === "delete" && done.old?.retainOnDelete !== true;
      if (isGone && isKubernetes(done.type)) this.#deleted += 1;
    }
    if (resOpFailedEvent !== undefined)
      this.#emit("failed", resOpFailedEvent.metadata.urn, resOpFailedEvent.metadata.type);
    if (diagnosticEvent !== undefined) this.#diagnose(diagnosticEvent);
  }

  result(changes: OpMap, failure?: string): EngineResult {
    const { create = 0, update = 0, same = 0 } = changes;
    const kubernetes = (operation: string) =>
      this.#resources.filter((one) => one.operation === operation && isKubernetes(one.type)).length;
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
        deleted: this.#deleted,
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

function isKubernetes(type: string): boolean {
  return type.startsWith("kubernetes:");
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function typeOf(urn: string): string {
  const type = urn.split("::")[2] ?? "";
  return type.slice(type.lastIndexOf("$") + 1);
}
