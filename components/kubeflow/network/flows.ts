import type { Inventory } from "../order/inventory.ts";
import type { Workload } from "../order/workload.ts";
import { labelsAt } from "../../kit/objects.ts";

/** Namespaces of profiles carry it; the profile controller sets it from its file of labels. */
export const PROFILE_LABEL = { "app.kubernetes.io/part-of": "kubeflow-profile" } as const;

/** Who opens a connection. */
export type Source =
  /** The API server, the nodes, or what is outside: no selector can tell. */
  | { readonly kind: "anywhere" }
  | { readonly kind: "workload"; readonly workload: Workload }
  /** Pods of profile namespaces; those of pipelines and trials have no sidecar, some connections are the sidecars' own. */
  | { readonly kind: "profiles"; readonly hasSidecar: boolean }
  | { readonly kind: "namespaces"; readonly names: readonly string[] };

/** Pods that are connected to: those of a workload, or those that appear later under these labels. */
export interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly workload?: Workload;
}

/** A connection that the platform needs, over TCP. */
export interface Flow {
  readonly from: Source;
  readonly to: Target;
  /** Port of the pods, not of a Service. */
  readonly port: number;
  readonly why: string;
}

/** A flow that no rule can derive from the manifests, found by reading what runs. Parties that are absent need none. */
export interface ReviewedFlow {
  /** Workloads as `namespace/name`, or one of the three groups that no workload stands for. */
  readonly from: readonly string[] | "anywhere" | "profiles" | "sidecars of profiles";
  readonly to: string | { readonly namespace: string; readonly name: string; readonly labels: Target["labels"] };
  readonly ports: readonly number[];
  readonly why: string;
  /** Where that is known from. */
  readonly evidence: string;
}

/** Connections that the platform opens into every profile's namespace, found by reading what runs. */
export interface IntoProfiles {
  /** Workloads as `namespace/name`. */
  readonly from: readonly string[];
  readonly ports: readonly number[] | "all";
  readonly why: string;
  readonly evidence: string;
}

/** What a release needs beyond what the rules find, and what is known of its workloads. */
export interface ReviewedTraffic {
  readonly flows: readonly ReviewedFlow[];
  readonly intoProfiles: readonly IntoProfiles[];
  /** Workloads as `namespace/name` that open no connection but the known ones. */
  readonly sealed: readonly string[];
}

export function nameOf({ namespace, object }: Workload): string {
  return `${namespace}/${object.metadata.name}`;
}

export function targetOf(workload: Workload): Target {
  const { namespace, object } = workload;
  const selector = labelsAt(object, "spec", "selector", "matchLabels");
  return { namespace, name: object.metadata.name, labels: selector, workload };
}

/** The reviewed flows between parties that the set holds. */
export function reviewedFlows(reviewed: readonly ReviewedFlow[], inventory: Inventory): Flow[] {
  const workloads = new Map(inventory.workloads.map((workload) => [nameOf(workload), workload]));
  return reviewed.flatMap(({ from, to, ports, why }) => {
    const workload = typeof to === "string" ? workloads.get(to) : undefined;
    const target = typeof to === "string" ? workload && targetOf(workload) : to;
    if (target === undefined) return [];
    return sourcesOf(from, workloads).flatMap((source) =>
      ports.map((port): Flow => ({ from: source, to: target, port, why })),
    );
  });
}

function sourcesOf(from: ReviewedFlow["from"], workloads: ReadonlyMap<string, Workload>): Source[] {
  switch (from) {
    case "anywhere":
      return [{ kind: "anywhere" }];
    case "profiles":
      return [{ kind: "profiles", hasSidecar: false }];
    case "sidecars of profiles":
      return [{ kind: "profiles", hasSidecar: true }];
    default:
      return from.flatMap((name) => {
        const workload = workloads.get(name);
        return workload === undefined ? [] : [{ kind: "workload", workload }];
      });
  }
}
