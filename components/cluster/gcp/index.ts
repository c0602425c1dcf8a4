import type { Cloud } from "../contract.ts";
import { firstServiceOf } from "../network/services.ts";
import { capabilities } from "./capabilities.ts";
import { catalogue } from "./catalogue.ts";
import { gpu } from "./gpu.ts";
import { controlPlaneRange, type GcpPlan, plan } from "./plan.ts";

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
  apiServerRanges: ({ network }) => [controlPlaneRange(network), firstServiceOf(network)],
  plan,
  create: async (name, request, planned) => {
    const { GcpCluster } = await import("./component.ts");
    return new GcpCluster(name, request, planned);
  },
};
