import { managedPolicy, trustService } from "../identity/documents.ts";
import type { AwsRoleArgs } from "../identity/role.ts";

/**
 * What a node may do: join, pull images, and open a session for whoever AWS lets. Pods have roles of their own; the VPC
 * CNI's policy is on its pods.
 */
export const NODE_ROLE: AwsRoleArgs = {
  trust: trustService("ec2.amazonaws.com"),
  managed: [
    managedPolicy("AmazonEKSWorkerNodePolicy"),
    managedPolicy("AmazonEC2ContainerRegistryPullOnly"),
    managedPolicy("AmazonSSMManagedInstanceCore"),
  ],
};
