import type { Capabilities } from "../contract.ts";

export const capabilities: Capabilities = {
  zones: { supported: true, by: "a subnet and a node group a zone" },
  nodeUserData: { supported: true, by: "launch templates, before nodeadm joins the node" },
  registryAuthority: {
    supported: true,
    by: "launch templates: the trust store of Amazon Linux and containerd's hosts.toml",
  },
  isolation: { supported: true, by: "a network without NAT, whose endpoints lead to AWS's own services" },
  diskSizes: { supported: true, by: "EBS gp3 volumes of 1 GB to 16 TB" },
  privateEndpoint: { supported: true, by: "the private endpoint of EKS" },
  sharedVolumes: { supported: true, by: "EFS" },
  principals: {
    supported: true,
    by: "access entries with policies of EKS for the cluster",
    form: /^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/,
    says: "the ARN of an IAM role or user, such as arn:aws:iam::123456789012:role/NAME",
  },
  gpus: { supported: true, by: "EC2 instances of the families G and P" },
  networkPolicy: { supported: true, by: "the VPC CNI add-on" },
};
