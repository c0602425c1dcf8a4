import { beforeAll, describe, expect, it } from "vitest";
import { AwsCluster } from "../../../../components/cluster/aws/cluster.ts";
import { planAws } from "../../../../components/cluster/aws/plan.ts";
import { WEBHOOK_PORTS } from "../../../../components/cluster/webhook-ports.ts";
import { at, listAt, textAt } from "../../../../components/kit/objects.ts";
import { parseSettings } from "../../../../components/settings/parse.ts";
import { podRolesOf } from "../../../../components/tenancy/pod-roles.ts";
import type { JsonObject } from "../../../../rehearsal/host/values.ts";
import { type Registration, registrationsOf } from "../../../kit/registrations.ts";

const ACCOUNT = "arn:aws:iam::210987654321";
const NAME = "kubeflow-prod";

async function make(input: Readonly<Record<string, unknown>>): Promise<Registration[]> {
  const request = parseSettings({ cloud: "aws", region: "eu-west-1", ...input }).cluster;
  return registrationsOf(() => void new AwsCluster("cluster", request, planAws(request)), answer);
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

let prod: Registration[];
let dev: Registration[];
let unprotected: Registration[];
let isolated: Registration[];
beforeAll(async () => {
  const gpuPools = [
    { name: "train", count: 2, max: 4, cpu: 48, memory: "128 GB", disk: "1 TB", gpus: 4, training: true, spot: true },
  ];
  const admins = [`${ACCOUNT}:role/platform/admins`, `${ACCOUNT}:user/ada`];
  const cluster = { gpuPools, admins, viewers: [`${ACCOUNT}:role/auditors`] };
  prod = await make({ environment: "prod", cluster, storage: { shared: true, scratch: true } });
  unprotected = await make({ environment: "prod", cluster: { protect: false }, storage: { shared: true } });
  isolated = await make({
    environment: "dev",
    airGap: { registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/kubeflow" },
    cluster: { nat: false },
    storage: { shared: true },
  });
  dev = await make({ environment: "dev", cluster: { access: { cidrs: ["203.0.113.0/24"] } } });
});

const of = (registered: readonly Registration[], type: string) => registered.filter((one) => one.type === type);
const named = (registered: readonly Registration[], type: string, name: string) =>
  of(registered, type).find((one) => one.name === name)?.inputs;

describe("the control plane", () => {
  it("is private in prod, encrypts Secrets, logs all there is, and is protected twice", () => {
    const [cluster] = of(prod, "aws:eks/cluster:Cluster");
    expect(cluster?.inputs).toMatchObject({
      name: NAME,
      version: "1.34",
      deletionProtection: true,
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: "API" },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      encryptionConfig: { resources: ["secrets"], provider: { keyArn: "arn:aws:kms:eu-west-1:123456789012:key/k" } },
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "10.8.0.0/16" },
    });
    expect(cluster?.inputs["vpcConfig"]).not.toHaveProperty("publicAccessCidrs");
    expect(cluster?.protect).toBe(true);
  });

  it("lets in those whom the settings name, each with an entry and one policy for the whole cluster", () => {
    const policies = of(prod, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation").map(({ inputs }) => inputs);
    const entries = of(prod, "aws:eks/accessEntry:AccessEntry").map(({ inputs }) => inputs);
    expect(policies.map(({ principalArn, policyArn }) => [principalArn, policyArn])).toEqual([
      [`${ACCOUNT}:role/platform/admins`, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"],
      [`${ACCOUNT}:user/ada`, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"],
      [`${ACCOUNT}:role/auditors`, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"],
    ]);
    expect(policies.map(({ accessScope }) => accessScope)).toEqual(Array(3).fill({ type: "cluster" }));
    expect(entries.map(({ principalArn }) => principalArn)).toEqual(policies.map(({ principalArn }) => principalArn));
    expect(of(dev, "kubeflow:cluster:AwsAccess")).toEqual([]);
  });

  it("is open to the ranges of the settings and to no others, and dev is not protected", () => {
    const [cluster] = of(dev, "aws:eks/cluster:Cluster");
    expect(cluster?.inputs).toMatchObject({
      deletionProtection: false,
      vpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] },
    });
    expect(cluster?.protect).toBe(false);
  });

  it("is no longer protected where the settings say so, and nothing else is", () => {
    expect(unprotected.filter(({ protect }) => protect)).toEqual([]);
    expect(of(unprotected, "aws:eks/cluster:Cluster")[0]?.inputs).toMatchObject({ deletionProtection: false });
  });
});

describe("the network", () => {
  it("has nodes in private subnets of three zones, each with a way out of its own", () => {
    expect(of(prod, "aws:ec2/natGateway:NatGateway")).toHaveLength(3);
    expect(of(dev, "aws:ec2/natGateway:NatGateway")).toHaveLength(1);
    const subnets = of(prod, "aws:ec2/subnet:Subnet");
    expect(subnets.map(({ inputs }) => inputs["mapPublicIpOnLaunch"])).toEqual(Array.from({ length: 6 }, () => false));
    expect(subnets.map(({ inputs }) => inputs["availabilityZoneId"])).toEqual([
      ...["euw1-az1", "euw1-az2", "euw1-az3"],
      ...["euw1-az1", "euw1-az2", "euw1-az3"],
    ]);
    const tags = (role: string) =>
      subnets
        .filter(({ inputs }) => textAt(inputs, "tags", `kubernetes.io/role/${role}`) === "1")
        .map(({ name }) => name);
    expect(tags("elb").every((name) => name.includes("public"))).toBe(true);
    expect(tags("internal-elb").every((name) => name.includes("private"))).toBe(true);
    expect([tags("elb").length, tags("internal-elb").length]).toEqual([3, 3]);
  });

  it("lets nobody in from outside but on the ports of load balancers, and the control plane on what it calls", () => {
    const rules = of(prod, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => inputs);
    expect(rules.filter(({ cidrIpv4 }) => cidrIpv4 !== undefined && cidrIpv4 !== "10.0.0.0/16")).toEqual([]);
    const fromControlPlane = rules.filter(({ referencedSecurityGroupId: from }) => from === "sg-cluster");
    expect(fromControlPlane.map(({ fromPort }) => fromPort).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      [...WEBHOOK_PORTS, 10251].toSorted((a, b) => a - b),
    );
    expect(of(prod, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")[0]?.inputs).toMatchObject({
      ingress: [],
      egress: [],
    });
  });

  it("has no way out and none in where the settings say so, and a way to each service that is called", () => {
    for (const type of ["internetGateway:InternetGateway", "natGateway:NatGateway", "eip:Eip", "route:Route"]) {
      expect(of(isolated, `aws:ec2/${type}`), type).toEqual([]);
    }
    expect(of(isolated, "aws:ec2/subnet:Subnet").every(({ name }) => name.includes("private"))).toBe(true);
    const services = of(isolated, "aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) =>
      textAt(inputs, "serviceName")?.replace("com.amazonaws.eu-west-1.", ""),
    );
    expect(services.toSorted()).toEqual([
      ...["autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticfilesystem"],
      ...["elasticloadbalancing", "logs", "s3", "ssm", "ssmmessages", "sts"],
    ]);
  });

  it("has its own images from the mirror as well, where there is one", () => {
    const [deployment] = of(isolated, "kubernetes:apps/v1:Deployment").map(({ inputs }) => inputs);
    const [container] = listAt(deployment, "spec", "template", "spec", "containers");
    expect(textAt(container, "image")).toMatch(
      /^123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/kubeflow\/registry\.k8s\.io\/autoscaling\/cluster-autoscaler:/,
    );
  });

  it("logs its flows for a year, with a key", () => {
    expect(named(prod, "aws:cloudwatch/logGroup:LogGroup", "cluster-flow-logs")).toMatchObject({
      retentionInDays: 365,
      kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/k",
    });
    expect(of(prod, "aws:ec2/flowLog:FlowLog")[0]?.inputs).toMatchObject({ trafficType: "ALL" });
  });
});

describe("node groups", () => {
  it("lie one in each zone, with the sizes of the pool in sum", () => {
    const sizes = of(prod, "aws:eks/nodeGroup:NodeGroup").map(({ name, inputs }) => [
      name,
      at(inputs, "scalingConfig", "desiredSize"),
      at(inputs, "scalingConfig", "maxSize"),
    ]);
    expect(sizes).toEqual([
      ["cluster-node-euw1-az1", 2, 4],
      ["cluster-node-euw1-az2", 2, 4],
      ["cluster-node-euw1-az3", 2, 4],
      ["cluster-train-euw1-az1", 1, 2],
      ["cluster-train-euw1-az2", 1, 1],
      ["cluster-train-euw1-az3", 0, 1],
    ]);
  });

  it("leave their number to the autoscaler, and wait for the network and what makes a node ready", () => {
    const [group] = of(prod, "aws:eks/nodeGroup:NodeGroup");
    expect(group?.ignoreChanges).toEqual(["scalingConfig.desiredSize"]);
    const [pool] = of(prod, "kubeflow:cluster:AwsNodePool");
    expect(pool?.dependencies).toEqual(
      expect.arrayContaining([
        "aws:eks/addon:Addon cluster-node-add-ons-vpc-cni",
        "aws:ec2/route:Route cluster-network-private-euw1-az1",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment cluster-node-AmazonEKSWorkerNodePolicy",
      ]),
    );
  });

  it("have NVIDIA's image, spot machines and taints where the pool has GPUs", () => {
    const [general, , , training] = of(prod, "aws:eks/nodeGroup:NodeGroup").map(({ inputs }) => inputs);
    expect(general).toMatchObject({ amiType: "AL2023_x86_64_STANDARD", capacityType: "ON_DEMAND", taints: [] });
    expect(training).toMatchObject({ amiType: "AL2023_x86_64_NVIDIA", capacityType: "SPOT" });
    expect(listAt(training, "taints")[0]).toEqual({ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" });
    expect(training?.["labels"]).toMatchObject({ "k8s.amazonaws.com/accelerator": "nvidia-t4" });
    expect(training?.["launchTemplate"]).toMatchObject({ version: "7" });
  });

  it("start from a template that keeps pods from the node's identity and encrypts the disk", () => {
    const [template] = of(prod, "aws:ec2/launchTemplate:LaunchTemplate").map(({ inputs }) => inputs);
    expect(template).toMatchObject({
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeType: "gp3", volumeSize: 1863, encrypted: "true" } },
      ],
    });
    expect(template).not.toHaveProperty("imageId");
  });

  it("have scratch space where they train, and nowhere else", () => {
    const templates = of(prod, "aws:ec2/launchTemplate:LaunchTemplate").map(({ name, inputs }) => [
      name,
      Buffer.from(textAt(inputs, "userData") ?? "", "base64")
        .toString()
        .includes("RAID0"),
    ]);
    expect(templates).toEqual([
      ["cluster-node", false],
      ["cluster-train", true],
    ]);
  });
});

describe("add-ons", () => {
  it("are pinned, all of them, and enforce NetworkPolicies", () => {
    const addOn = (name: string) => of(prod, "aws:eks/addon:Addon").find(({ inputs }) => inputs["addonName"] === name);
    expect(addOn("kube-proxy")?.inputs["addonVersion"]).toBe("v1.34.6-eksbuild.2");
    for (const { inputs } of of(prod, "aws:eks/addon:Addon")) {
      expect(inputs["addonVersion"], textAt(inputs, "addonName")).toMatch(/-eksbuild\.\d+$/);
    }
    expect(JSON.parse(textAt(addOn("vpc-cni")?.inputs, "configurationValues") ?? "{}")).toMatchObject({
      enableNetworkPolicy: "true",
    });
    expect(addOn("aws-ebs-csi-driver")?.inputs["podIdentityAssociations"]).toMatchObject([
      { serviceAccount: "ebs-csi-controller-sa" },
    ]);
    expect(of(prod, "aws:eks/addon:Addon").every(({ deletedWith }) => deletedWith === "cluster-control-plane")).toBe(
      true,
    );
  });
});

describe("roles of pods", () => {
  it("are associations of the cluster, one a profile whose settings name a role", async () => {
    const role = `${ACCOUNT}:role/vision`;
    const profiles = [
      { name: "vision", owner: "ada@example.com", identity: { podIdentity: role } },
      { name: "speech", owner: "ada@example.com", identity: { podIdentity: true } },
    ];
    const settings = parseSettings({ environment: "dev", cloud: "aws", region: "eu-west-1", profiles });
    const request = settings.cluster;
    const registered = await registrationsOf(
      () =>
        new AwsCluster("cluster", request, planAws(request)).givePodsRoles("pod-roles", podRolesOf(settings.tenants)),
      answer,
    );
    const made = of(registered, "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    expect(made.filter(({ name }) => name.startsWith("pod-roles"))).toMatchObject([
      {
        inputs: { clusterName: "kubeflow-dev", namespace: "vision", serviceAccount: "default-editor", roleArn: role },
        deletedWith: "cluster-control-plane",
      },
    ]);
  });
});

describe("what holds data", () => {
  it("stays when the stack goes: the file system, and the key without which no volume can be read", () => {
    const kept = prod.filter(({ retainOnDelete }) => retainOnDelete).map(({ type, name }) => [type, name]);
    expect(kept).toEqual([
      ["aws:kms/key:Key", "cluster-encryption-data"],
      ["aws:efs/fileSystem:FileSystem", "cluster-shared"],
    ]);
    expect(of(prod, "aws:kms/key:Key").every(({ inputs }) => inputs["enableKeyRotation"] === true)).toBe(true);
    expect(of(dev, "aws:efs/fileSystem:FileSystem")).toEqual([]);
  });
});

describe("the Cluster Autoscaler", () => {
  it("runs the version of the cluster, finds its groups by their tags, and may change them alone", () => {
    const [deployment] = of(prod, "kubernetes:apps/v1:Deployment").map(({ inputs }) => inputs);
    const [container] = listAt(deployment, "spec", "template", "spec", "containers");
    expect(textAt(container, "image")).toMatch(/cluster-autoscaler:v1\.34\.\d+@sha256:/);
    expect(listAt(container, "command")).toContain(
      `--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/${NAME}`,
    );
    const policy: unknown = JSON.parse(
      textAt(named(prod, "aws:iam/rolePolicy:RolePolicy", "cluster-autoscaling-scale"), "policy") ?? "{}",
    );
    const changes = listAt(policy, "Statement").filter((one) =>
      listAt(one, "Action").includes("autoscaling:SetDesiredCapacity"),
    );
    expect(changes).toMatchObject([
      { Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${NAME}`]: "owned" } } },
    ]);
  });
});
