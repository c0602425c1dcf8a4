import { type Authority, createAuthority } from "../../rehearsal/control-plane/pki.ts";

/** Of the robot that everybody pulls and pushes as. */
export const ROBOT = { username: "robot", password: "the-robots-own-password" };

export const REGISTRY = "registry.example.com:5000/kubeflow";

/** The text of a kubeconfig with one context of this name, and credentials that lead nowhere. */
export function kubeconfigText(server: string, context = "infra"): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    // The client takes an address without TLS only from who says that.
    clusters: [{ name: context, cluster: { server, "insecure-skip-tls-verify": server.startsWith("http:") } }],
    users: [{ name: context, user: { token: "token-of-the-kubeconfig" } }],
  });
}

/** The setting `airGap` of a registry that is stood up in the cluster of a kubeconfig, which `more` adds to. */
export async function airGapWithDistribution(
  kubeconfig: string,
  more: Readonly<Record<string, unknown>> = {},
  authority?: Authority,
) {
  const issuer = authority ?? (await createAuthority("site"));
  const dnsNames = [REGISTRY.split(":")[0] ?? ""];
  const pair = await issuer.issue({ commonName: "registry", dnsNames, ipAddresses: ["127.0.0.1"] });
  return {
    registry: REGISTRY,
    ca: issuer.certificate,
    pullSecret: ROBOT,
    distribution: { kubeconfig, storage: "1 TB", ...pair, ...more },
  };
}
