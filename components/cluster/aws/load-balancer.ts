/**
 * Annotations of a Service that make its load balancer a network load balancer over all zones, with an address inside
 * the network or on the internet. Without them EKS makes a classic load balancer, on the internet.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html and the cloud controller's
 * https://github.com/kubernetes/cloud-provider-aws/blob/master/docs/service_controller.md.
 */
export function loadBalancerAnnotations(visibility: "internal" | "public"): Readonly<Record<string, string>> {
  const prefix = "service.beta.kubernetes.io/aws-load-balancer";
  return {
    [`${prefix}-type`]: "nlb",
    [`${prefix}-cross-zone-load-balancing-enabled`]: "true",
    ...(visibility === "internal" ? { [`${prefix}-internal`]: "true" } : {}),
  };
}
