import { AppsV1Api, CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";

/** What a cluster says of its workloads once an installation is over. */
export interface Inspection {
  readonly workloads: readonly WorkloadState[];
  readonly pods: { readonly running: number; readonly pending: number; readonly failed: number };
  /** Pods that no node takes, with the scheduler's reason. */
  readonly pending: readonly { readonly pod: string; readonly reason: string }[];
  /** Why nothing could be seen. */
  readonly unseen?: string;
}

export interface WorkloadState {
  readonly kind: "Deployment" | "StatefulSet";
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
}

/**
 * Asks the API server for every Deployment, StatefulSet and Pod. Ready says: admitted, within quota, scheduled. An API
 * server that does not answer is a finding, too.
 */
export async function inspect(kubeconfig: string): Promise<Inspection> {
  try {
    return await look(kubeconfig);
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { workloads: [], pods: { running: 0, pending: 0, failed: 0 }, pending: [], unseen: why };
  }
}

async function look(kubeconfig: string): Promise<Inspection> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const apps = config.makeApiClient(AppsV1Api);
  const [deployments, statefulSets, pods] = await Promise.all([
    apps.listDeploymentForAllNamespaces(),
    apps.listStatefulSetForAllNamespaces(),
    config.makeApiClient(CoreV1Api).listPodForAllNamespaces(),
  ]);
  const inPhase = (phase: string) => pods.items.filter((pod) => pod.status?.phase === phase);
  return {
    workloads: [
      ...deployments.items.map(({ metadata, spec, status }) => ({
        kind: "Deployment" as const,
        namespace: metadata?.namespace ?? "",
        name: metadata?.name ?? "",
        ready: (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 1),
      })),
      ...statefulSets.items.map(({ metadata, spec, status }) => ({
        kind: "StatefulSet" as const,
        namespace: metadata?.namespace ?? "",
        name: metadata?.name ?? "",
        ready: (status?.readyReplicas ?? 0) >= (spec?.replicas ?? 1),
      })),
    ],
    pods: {
      running: inPhase("Running").length,
      pending: inPhase("Pending").length,
      failed: inPhase("Failed").length,
    },
    pending: inPhase("Pending").map((pod) => ({ pod: nameOf(pod), reason: reasonOf(pod) })),
  };
}

function nameOf({ metadata }: V1Pod): string {
  return `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

function reasonOf({ status }: V1Pod): string {
  const scheduled = (status?.conditions ?? []).find(({ type }) => type === "PodScheduled");
  return scheduled?.message ?? "scheduled, but not running yet";
}
