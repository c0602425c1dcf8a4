import type { Cloud } from "../contract.ts";
import { capabilities } from "./capabilities.ts";
import { catalogue } from "./catalogue.ts";
import { gpu } from "./gpu.ts";
import { type AwsPlan, planAws, title } from "./plan.ts";

/** Amazon EKS. */
export const aws: Cloud<AwsPlan> = {
  name: "aws",
  title,
  capabilities,
  catalogue,
  cniBinDirectory: "/opt/cni/bin",
  gpu,
  metricsServer: "cloud",
  plan: planAws,
  create: async (name, request, plan) => {
    const { AwsCluster } = await import("./cluster.ts");
    return new AwsCluster(name, request, plan);
  },
};
