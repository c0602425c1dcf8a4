import type { Cloud } from "../contract.ts";
import { capabilities } from "./capabilities.ts";
import { catalogue } from "./catalogue.ts";
import { gpu } from "./gpu.ts";
import { type GcpPlan, plan } from "./plan.ts";

/** Google Kubernetes Engine, Standard. */
export const gcp: Cloud<GcpPlan> = {
  name: "gcp",
  title: "Google Cloud",
  capabilities,
  catalogue,
  // COS keeps /opt read-only.
  cniBinDirectory: "/home/kubernetes/bin",
  gpu,
  metricsServer: "cloud",
  plan,
  create: async (name, request, planned) => {
    const { GcpCluster } = await import("./component.ts");
    return new GcpCluster(name, request, planned);
  },
};
