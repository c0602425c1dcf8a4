import type { Cloud } from "../contract.ts";
import { draftPlan, refuse } from "../draft.ts";
import { capabilities } from "./capabilities.ts";
import { catalogue } from "./catalogue.ts";
import { gpu } from "./gpu.ts";

/** DigitalOcean Kubernetes (DOKS). */
export const digitalocean: Cloud = {
  name: "digitalocean",
  title: "DigitalOcean",
  capabilities,
  catalogue,
  cniBinDirectory: "/opt/cni/bin",
  gpu,
  metricsServer: "program",
  plan: (request) => {
    const { problems, ...plan } = draftPlan({ catalogue, capabilities, gpu }, request);
    const spot = request.gpuPools.flatMap(({ spot: isSpot }, index) =>
      isSpot ? [`cluster.gpuPools[${index}].spot: DigitalOcean has no interruptible machines`] : [],
    );
    refuse({ title: "DigitalOcean" }, [...problems, ...spot]);
    return plan;
  },
  create: async (name, request, plan) => {
    const { DigitalOceanCluster } = await import("./component.ts");
    return new DigitalOceanCluster(name, request, plan);
  },
};
