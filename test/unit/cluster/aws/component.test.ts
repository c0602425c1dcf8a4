import { beforeAll, describe, expect, it } from "vitest";
import { at, listAt, textAt } from "../../../../components/kit/objects.ts";
import { parseSettings } from "../../../../components/settings/parse.ts";
import { podRolesOf } from "../../../../components/tenancy/pod-roles.ts";
import { ACCOUNT, awsRegistrationsOf, DEV, PROD } from "../../../kit/aws-cluster.ts";
import { named, of, type Registration } from "../../../kit/registrations.ts";

const NAME = "kubeflow-prod";

let prod: Registration[];
let dev: Registration[];
let unprotected: Registration[];
beforeAll(async () => {
  prod = await awsRegistrationsOf(PROD);
  dev = await awsRegistrationsOf(DEV);
  unprotected = await awsRegistrationsOf({
    environment: "prod",
    cluster: { protect: false },
    storage: { shared: true },
  });
});

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
    const settings = { environment: "dev", cloud: "aws", region: "eu-west-1", profiles };
    const roles = podRolesOf(parseSettings(settings).tenants);
    const registered = await awsRegistrationsOf(settings, (cluster) => cluster.givePodsRoles("pod-roles", roles));
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
