import type { Cloud } from "../contract.ts";
import { firstServiceOf } from "../network/services.ts";
import { autoscalerObjects } from "./autoscaling/objects.ts";
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
  // The control plane has its network interfaces in the VPC.
  apiServerRanges: ({ network }) => [network.cidr, firstServiceOf(network)],
  plan: planAws,
  objects: ({ name: clusterName }, { region, version }) =>
    autoscalerObjects({ clusterName, region, image: version.autoscaler }),
  create: async (name, request, plan) => {
    const { AwsCluster } = await import("./cluster.ts");
    return new AwsCluster(name, request, plan);
  },
};
