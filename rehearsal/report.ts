import { table } from "../components/kit/table.ts";
import type { PartDefinition } from "../components/kubeflow/releases/index.ts";
import { classify } from "../components/kubeflow/retry/classify.ts";
import type { ImageCheck } from "./air-gap/index.ts";
import type { Inspection } from "./inspection.ts";
import type { EngineResult } from "./engines/index.ts";
import { type Entry, Journal } from "./journal.ts";
import type { Rehearsal } from "./rehearse.ts";

/** One part of the platform, as the table at the end shows it. */
export interface PartReport {
  readonly title: string;
  readonly objects: number;
  readonly workloads: { readonly ready: number; readonly total: number };
  /** Seconds from the start of the installation until the last of its objects was ready. */
  readonly seconds: number;
  /** The object that took longest, with what it waited for. */
  readonly slowest: string;
}

/** Characters of a reason in the table; the whole of it was shown while it lasted. */
const WHY_LENGTH = 48;
/** Of names that share a line. */
const NAMES_LISTED = 5;
const WORKLOAD = /^kubernetes:apps\/v1:(Deployment|StatefulSet)$/;

/** Reports by part, in the order in which the parts became ready. */
export function reportByPart(
  parts: Readonly<Record<string, PartDefinition>>,
  entries: readonly Entry[],
  inspection: Inspection,
): PartReport[] {
  const ready = new Set(
    inspection.workloads
      .filter((workload) => workload.ready)
      .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
  );
  const ofPart = (name: string) => (parent: string) => parent.endsWith(`::${name}`) && !isOfProfile(parent);
  const groups = [
    ...Object.entries(parts).map(([name, { title }]) => ({ title, isOwn: ofPart(name) })),
    { title: "Profiles of the settings", isOwn: isOfProfile },
  ];
  return groups
    .map(({ title, isOwn }) => {
      const own = entries.filter(({ parent }) => isOwn(parent));
      const workloads = own.flatMap(({ resourceType, name: object }) => {
        const kind = WORKLOAD.exec(resourceType)?.[1];
        return kind === undefined ? [] : [`${kind} ${object}`];
      });
      return {
        title,
        objects: own.length,
        workloads: { ready: workloads.filter((workload) => ready.has(workload)).length, total: workloads.length },
        seconds: Math.max(0, ...own.map(({ ended }) => ended)),
        slowest: slowestOf(own),
      };
    })
    .filter(({ objects }) => objects > 0)
    .sort((a, b) => a.seconds - b.seconds);
}

/** A profile may be called like a part of the platform. */
function isOfProfile(parent: string): boolean {
  return parent.includes("kubeflow:tenancy:Profile::");
}

function slowestOf(entries: readonly Entry[]): string {
  const slowest = entries.reduce<Entry | undefined>(
    (longest, entry) => (longest === undefined || durationOf(entry) > durationOf(longest) ? entry : longest),
    undefined,
  );
  if (slowest === undefined) return "";
  const kind = slowest.resourceType.slice(slowest.resourceType.lastIndexOf(":") + 1);
  const what = `${kind === "CustomResourceDefinition" ? "CRD" : kind} ${slowest.name} ${durationOf(slowest).toFixed(1)} s`;
  // What it waited for begins with its own name, which stands there already.
  const why = slowest.waitedFor?.replace(`waiting for ${kind} ${slowest.name}: `, "");
  return why === undefined ? what : `${what}, ${shorten(why)}`;
}

function shorten(text: string): string {
  return text.length > WHY_LENGTH ? `${text.slice(0, WHY_LENGTH - 3)}...` : text;
}

function durationOf({ began, ended }: Entry): number {
  return ended - began;
}

/** The table at the end of a rehearsal. */
export function tableOf(reports: readonly PartReport[]): string {
  const rows = reports.map(({ title, objects, workloads, seconds, slowest }) => [
    title,
    String(objects),
    `${workloads.ready}/${workloads.total}`,
    `${seconds.toFixed(1)} s`,
    slowest,
  ]);
  return table(
    ["component", "objects", "workloads", "ready after", "slowest object, what it waited for"],
    rows,
    [1, 2, 3],
  );
}

/** The last line of `--json`; the README documents each field. */
export interface Summary {
  readonly ok: boolean;
  readonly environment: string;
  readonly kubernetes: string;
  readonly engine: string;
  readonly objects: {
    /** In the manifests. */
    readonly source: number;
    /** That the settings select of them. */
    readonly release: number;
    /** That the program registers, the gates between waves included. */
    readonly total: number;
    readonly applied: number;
    /** Created, or given another resourceVersion. */
    readonly changed: number;
    readonly retried: number;
  };
  readonly workloads: { readonly ready: number; readonly total: number };
  readonly pods: Inspection["pods"];
  readonly seconds: Readonly<Record<"toolchain" | "controlPlane" | "install" | "total", number>>;
  /** Where the images of all pods come from, where the settings name a mirror. */
  readonly images?: ImageCheck;
  readonly name: string;
  /** Path; null unless the control plane is kept. */
  readonly kubeconfig: string | null;
}

export function summaryOf(
  {
    controlPlane,
    images,
    inspection,
    isKept,
    journal,
    releaseObjects,
    result,
    seconds,
    sourceObjects,
    stack,
  }: Rehearsal,
  run: { readonly engine: string; readonly seconds: number },
): Summary {
  const objects = result.resources.filter(
    ({ type, operation }) => type.startsWith("kubernetes:") && operation !== "delete",
  );
  const { workloads, pods } = inspection;
  const { created, changed, unchanged } = result.objects;
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    ok: troublesOf(result, inspection, journal, images).length === 0,
    environment: stack.settings.environment,
    kubernetes: controlPlane.version,
    engine: run.engine,
    objects: {
      source: sourceObjects,
      release: releaseObjects,
      total: objects.length,
      applied: created + changed + unchanged,
      changed: created + changed,
      retried: result.retried,
    },
    workloads: { ready: workloads.filter(({ ready }) => ready).length, total: workloads.length },
    pods,
    seconds: {
      toolchain: round(seconds.toolchain),
      controlPlane: round(seconds.controlPlane),
      install: round(seconds.install),
      total: round(run.seconds),
    },
    ...(images === undefined ? {} : { images }),
    name: controlPlane.name,
    kubeconfig: isKept ? controlPlane.kubeconfig : null,
  };
}

/**
 * Everything that keeps a rehearsal from being a success, one line a cause: what the program says of it, what failed,
 * and what is not ready in the cluster.
 */
export function troublesOf(
  { failures }: EngineResult,
  { workloads, pods, pending, unseen }: Inspection,
  journal = new Journal(),
  images?: ImageCheck,
): string[] {
  const errors = journal.errors();
  const unmet = [...journal.unmet()].filter(([cause]) => !errors.some((error) => error.includes(cause)));
  const unready = workloads
    .filter(({ ready }) => !ready)
    .map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  const failed = failuresByCause(failures);
  return [
    // Where the program itself failed, its errors are the failure already.
    ...errors.filter((error) => !failures.some(({ urn, message }) => urn === "" && message.includes(error))),
    ...unmet.map(([cause, names]) => `waited for until the end: ${cause}, by ${listed(names)}`),
    ...failed,
    // What an installation that ended early has left unfinished follows from the errors above.
    ...(failed.length === 0 ? unready : [listed(unready)]).filter(Boolean).map((what) => `not ready: ${what}`),
    ...pending.map(({ pod, reason }) => `pending: ${pod}: ${reason}`),
    ...(unseen === undefined ? [] : [`the cluster could not be looked at: ${unseen}`]),
    ...(images?.missing ?? []).map(
      ({ reference, origins }) => `missing from the mirror: ${reference}, by ${listed(origins)}`,
    ),
    ...(images?.foreign ?? []).map(
      ({ reference, origins }) => `pulled from elsewhere: ${reference}, by ${listed(origins)}`,
    ),
    ...(pods.failed > 0 ? [`failed pods: ${pods.failed}`] : []),
  ];
}

/** One line for all that failed for the same reason or in the same words, beginning with what befell most. */
export function failuresByCause(failures: EngineResult["failures"]): string[] {
  const causeOf = (failure: (typeof failures)[number]) => classify(failure.message).waitingFor ?? impersonal(failure);
  const causes = [...Map.groupBy(failures, causeOf).values()].sort((a, b) => b.length - a.length);
  return causes.map(([{ urn, message } = { urn: "", message: "" }, ...others]) => {
    const who = urn === "" || message.startsWith(shortName(urn)) ? "" : `${shortName(urn)}: `;
    const too = others.length === 0 ? "" : `; so did ${listed(others.map((other) => shortName(other.urn)))}`;
    return `failed: ${who}${message}${too}`;
  });
}

/** The message without what only tells its object from others: its name, and the names of pods that begin with that. */
function impersonal({ urn, message }: EngineResult["failures"][number]): string {
  if (urn === "") return message;
  const [kind = "", path = ""] = shortName(urn).split(" ");
  const name = path.slice(path.indexOf("/") + 1);
  return message
    .replaceAll(`${kind} ${path}`, "it")
    .replaceAll(/"([^"]*)"/g, (quoted, text: string) => (text.startsWith(name) ? "it" : quoted));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_LISTED).join(", ");
  return names.length > NAMES_LISTED ? `${shown} and ${names.length - NAMES_LISTED} more` : shown;
}

/** Kind and name of a URN. */
function shortName(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
}

/** What the images of the pods were compared with, and by what. */
export function imagesTold({ pods, images, resolved, listed: pinned, missing, foreign }: ImageCheck): string {
  const other = missing.length + foreign.length;
  return [
    `${images} different images in ${pods} pods: ${resolved} found by name in a registry to which the list was pushed, ` +
      `${pinned.length} named by a digest and compared with the list only${other === 0 ? "" : `, ${other} not to be had`}`,
    ...pinned.map((reference) => `  compared with the list only: ${reference}`),
  ].join("\n");
}
