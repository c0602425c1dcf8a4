import { groupKind, type KubernetesObject, labelsAt, listAt, objectId, textAt } from "../../kit/objects.ts";
import type { Entrance } from "./entrance.ts";
import type { EntranceNames } from "./names.ts";

const GATEWAY = "Gateway.networking.istio.io";

/**
 * Whether a Gateway opens ports of the pods that people can reach. The cluster-local gateway's pods are others, behind
 * a ClusterIP, and serve calls between workloads.
 */
export function isIngressGateway(object: KubernetesObject, { ingressLabels }: EntranceNames): boolean {
  if (groupKind(object) !== GATEWAY) return false;
  const pods: Readonly<Record<string, string>> = ingressLabels;
  return Object.entries(labelsAt(object, "spec", "selector")).every(([key, value]) => pods[key] === value);
}

/** A Gateway of the ingress gateway that redirects whatever comes in plain HTTP. */
export function redirecting(object: KubernetesObject, names: EntranceNames): KubernetesObject {
  if (!isIngressGateway(object, names)) return object;
  const servers = listAt(object, "spec", "servers").map((server) =>
    textAt(server, "port", "protocol") === "HTTP" ? { ...(server as object), tls: { httpsRedirect: true } } : server,
  );
  return { ...object, spec: { ...(object["spec"] as object), servers } };
}

/** The Gateway of all applications, with HTTPS for the host and for the names of inference services below it. */
export function withHttps(
  object: KubernetesObject,
  { host, certificateSecret }: Entrance,
  { gateway }: EntranceNames,
): KubernetesObject {
  if (objectId(object) !== gateway) return object;
  const https = {
    hosts: [host, `*.${host}`],
    port: { name: "https", number: 443, protocol: "HTTPS" },
    tls: { mode: "SIMPLE", credentialName: certificateSecret, minProtocolVersion: "TLSV1_2" },
  };
  const servers = [...listAt(object, "spec", "servers"), https];
  return { ...object, spec: { ...(object["spec"] as object), servers } };
}
