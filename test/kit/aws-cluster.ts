import { AwsCluster } from "../../components/cluster/aws/cluster.ts";
import { planAws } from "../../components/cluster/aws/plan.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import type { JsonObject } from "../../rehearsal/host/values.ts";
import { type Registration, registrationsOf } from "./registrations.ts";

export const ACCOUNT = "arn:aws:iam::210987654321";

const gpuPools = [
  { name: "train", count: 2, max: 4, cpu: 48, memory: "128 GB", disk: "1 TB", gpus: 4, training: true, spot: true },
];
const admins = [`${ACCOUNT}:role/platform/admins`, `${ACCOUNT}:user/ada`];

/** Settings of prod with everything that a cluster can have. */
export const PROD = {
  environment: "prod",
  cluster: { gpuPools, admins, viewers: [`${ACCOUNT}:role/auditors`] },
  storage: { shared: true, scratch: true },
};

/** Settings of dev with an API server for some. */
export const DEV = { environment: "dev", cluster: { access: { cidrs: ["203.0.113.0/24"] } } };

/** What the cluster of the settings registers; `then` goes on with it. */
export function awsRegistrationsOf(
  input: Readonly<Record<string, unknown>>,
  then: (cluster: AwsCluster) => void = () => undefined,
): Promise<Registration[]> {
  const request = parseSettings({ cloud: "aws", region: "eu-west-1", ...input }).cluster;
  return registrationsOf(() => then(new AwsCluster("cluster", request, planAws(request))), answer);
}

function answer(type: string): JsonObject {
  switch (type) {
    case "aws:ec2/vpc:Vpc":
      return { ownerId: "123456789012" };
    case "aws:kms/key:Key":
      return { arn: "arn:aws:kms:eu-west-1:123456789012:key/k", keyId: "k" };
    case "aws:eks/cluster:Cluster":
      return {
        endpoint: "https://api.invalid",
        certificateAuthority: { data: "Q0E=" },
        vpcConfig: { clusterSecurityGroupId: "sg-cluster" },
      };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { latestVersion: 7 };
    default:
      return {};
  }
}
