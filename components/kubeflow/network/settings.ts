import { z } from "zod";
import { NODE_LOCAL_CACHE } from "./name-resolution.ts";

const namespace = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "the name of a namespace: lower-case letters, digits and dashes");

/** Settings `mesh`: how traffic gets to sidecars, and who may look at the platform's metrics. */
export const meshSettings = z.strictObject({
  cni: z
    .boolean()
    .optional()
    .describe("redirect traffic by istio-cni on the nodes instead of by a privileged init container in every pod"),
  cniBinDirectory: z
    .string()
    .regex(/^\/[\w./-]+$/, "an absolute path on the nodes, such as /opt/cni/bin")
    .optional()
    .describe("where the nodes look for CNI plug-ins"),
  metricsFrom: z
    .array(namespace)
    .default([])
    .describe("namespaces whose pods may read the metrics of the platform, such as that of Prometheus"),
  nameServers: z
    .array(z.union([z.cidrv4(), z.cidrv6()]).describe("a range of addresses such as 169.254.20.10/32"))
    .default([NODE_LOCAL_CACHE])
    .describe("where names are resolved beside the pods of kube-system: caches on nodes, resolvers of a cloud"),
});

/** Settings `mesh`, its defaults filled in. */
export type MeshSettings = z.infer<typeof meshSettings> & {
  readonly cni: boolean;
  readonly cniBinDirectory: string;
};

/** `mesh.cni` where a stack does not say: a site without a way out is held to what production is. */
export function usesCni({ environment, airGap }: { readonly environment: "dev" | "prod"; readonly airGap?: unknown }) {
  return environment === "prod" || airGap !== undefined;
}
