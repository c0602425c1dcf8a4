import { STATUS_CODES } from "node:http";
import {
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  type KubeConfig,
  StorageV1Api,
  type V1Node,
  type V1StorageClass,
  VersionApi,
} from "@kubernetes/client-node";
import { systemErrorCode, UserError } from "../../kit/errors.ts";
import { quantityOf } from "../../kit/quantities.ts";
import type { ClusterRequest } from "../contract.ts";
import { type Found, type FoundNode, problemsOf } from "./findings.ts";
import { configOf } from "./kube-config.ts";

const PATIENCE_MS = 10_000;

/**
 * Looks at a cluster before anything in it is changed. Throws one UserError that lists everything which is not as the
 * request says or the platform needs, or says why it cannot be looked at.
 */
export async function checkCluster(request: ClusterRequest): Promise<void> {
  const config = await read(request);
  const problems = problemsOf(await look(config), request);
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 reason" : `${problems.length} reasons`;
  throw new UserError(
    [
      `the cluster of context ${config.getCurrentContext()} does not take the platform, for ${count}:`,
      ...problems.map((line) => `  ${line}`),
    ].join("\n"),
    { next: "see to it and run again; cluster: {check: false} goes on all the same", exitCode: 2 },
  );
}

async function read({ kubeconfig, context }: ClusterRequest): Promise<KubeConfig> {
  const problem = (what: string, next: string, cause?: unknown) => new UserError(what, { next, exitCode: 2, cause });
  let config: KubeConfig;
  try {
    config = await configOf({ kubeconfig });
  } catch (error) {
    const why = systemErrorCode(error) ?? "it is none";
    throw problem(`cluster.kubeconfig cannot be read: ${why}`, "give the text or the path of a kubeconfig", error);
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() !== null) return config;
  const names = config.getContexts().map(({ name }) => name);
  throw problem(
    `the kubeconfig has no cluster for its context ${config.getCurrentContext()}`,
    `one of: ${names.join(", ") || "none in it"}; the setting cluster.context says which`,
  );
}

async function look(config: KubeConfig): Promise<Found> {
  try {
    return await withinTime(ask(config));
  } catch (error) {
    const context = config.getCurrentContext();
    const server = config.getCurrentCluster()?.server;
    throw new UserError(
      `the cluster of context ${context}, ${server}, cannot be asked for its version, nodes and StorageClasses, and for your rights: ${reasonOf(error)}`,
      {
        next: `kubectl --context ${context} get nodes; the settings cluster.kubeconfig and cluster.context say which cluster is meant`,
        exitCode: 2,
        cause: error,
      },
    );
  }
}

/** How Node.js says that a certificate is not by the authority which a kubeconfig names; its text gives advice on Node.js. */
const BY_ANOTHER_AUTHORITY = [
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** A name with several addresses fails with an error for each, under one without a text. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiException) return `it answers ${error.code} ${STATUS_CODES[error.code] ?? ""}`.trimEnd();
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(", ");
  if (error instanceof Error && error.cause instanceof Error) return reasonOf(error.cause);
  if (BY_ANOTHER_AUTHORITY.includes(systemErrorCode(error) ?? "")) {
    return "its certificate is not by the authority that the kubeconfig names";
  }
  return error instanceof Error ? error.message : String(error);
}

async function ask(config: KubeConfig): Promise<Found> {
  const [version, classes, nodes, review] = await Promise.all([
    config.makeApiClient(VersionApi).getCode(),
    config.makeApiClient(StorageV1Api).listStorageClass(),
    config.makeApiClient(CoreV1Api).listNode(),
    config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes: { verb: "*", group: "*", resource: "*" } } },
    }),
  ]);
  return {
    // Clouds write their own addition behind the minor: 34+.
    version: `${version.major}.${Number.parseInt(version.minor, 10)}`,
    defaultClasses: classes.items.filter(isDefault).map(({ metadata }) => metadata?.name ?? ""),
    nodes: nodes.items.filter(isReady).map(describe),
    isAdministrator: review.status?.allowed ?? false,
  };
}

function isDefault({ metadata }: V1StorageClass): boolean {
  return metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
}

function isReady({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
  return ready === true && spec?.unschedulable !== true;
}

function describe({ spec, status }: V1Node): FoundNode {
  const has = (resource: string) => quantityOf(status?.capacity?.[resource] ?? "0");
  const isClosed = spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule") ?? false;
  return { cpu: has("cpu"), memory: has("memory"), gpus: has("nvidia.com/gpu"), isOpen: !isClosed };
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
