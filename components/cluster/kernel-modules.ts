/**
 * Modules that istio-init of Istio 1.17 needs on a node: it writes its rules with iptables-legacy, and a container
 * cannot load what is missing. Source: https://github.com/awslabs/amazon-eks-ami/issues/2354 and
 * https://github.com/istio/istio/issues/23009.
 */
export const ISTIO_KERNEL_MODULES = [
  "br_netfilter",
  "nf_nat",
  "xt_REDIRECT",
  "xt_owner",
  "iptable_nat",
  "iptable_mangle",
  "iptable_filter",
] as const;
