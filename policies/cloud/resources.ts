/** Type tokens of the resources that clouds make clusters of, in the words of this program. */
export const EKS_CLUSTER = "aws:eks/cluster:Cluster";
export const EKS_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
export const EKS_ADD_ON = "aws:eks/addon:Addon";
export const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
export const GKE_CLUSTER = "gcp:container/cluster:Cluster";
export const GKE_NODE_POOL = "gcp:container/nodePool:NodePool";
export const DOKS_CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
export const DOKS_NODE_POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";

export const CLUSTERS = [EKS_CLUSTER, GKE_CLUSTER, DOKS_CLUSTER] as const;
