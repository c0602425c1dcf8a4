import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, textAt } from "../../components/kit/objects.ts";
import type { ResourceRecord } from "../../rehearsal/host/index.ts";
import { type Preview, previewStack } from "../../rehearsal/preview/preview.ts";

const PUBLIC = { cidrs: ["203.0.113.0/24"] };
const TRAINING = { name: "train", count: 1, cpu: 4, memory: "16 GB", disk: "500 GB", gpus: 1, training: true };

/** Everything that can be asked of a cloud beyond what prod asks for anyway. */
const OPTIONS = {
  aws: {
    cluster: {
      access: PUBLIC,
      admins: ["arn:aws:iam::210987654321:role/admins"],
      viewers: ["arn:aws:iam::210987654321:user/ada"],
      gpuPools: [TRAINING],
    },
    storage: { shared: true, scratch: true },
    ingress: { host: "kubeflow.example.com", dnsZone: "Z0123456789ABCDEFGHIJ" },
  },
  gcp: {
    cluster: {
      access: PUBLIC,
      admins: ["group:admins@example.com"],
      viewers: ["user:ada@example.com"],
      gpuPools: [TRAINING],
    },
    storage: { shared: true, scratch: true },
    ingress: { host: "kubeflow.example.com", dnsZone: "example" },
  },
  digitalocean: {
    cluster: { access: PUBLIC, gpuPools: [TRAINING] },
    storage: { shared: true },
    ingress: { host: "kubeflow.example.com", dnsZone: "example.com" },
  },
} as const;
type Name = keyof typeof OPTIONS;

const HOSTS = ["kubeflow.example.com", "*.kubeflow.example.com"];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "options-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Simulated, so that whatever the cloud would not take fails. */
async function previewOf(cloud: Name): Promise<Preview> {
  const configFile = path.join(folder, `${cloud}.yaml`);
  const config = Object.entries<unknown>(OPTIONS[cloud]).map(([key, value]) => [`kubeflow:${key}`, value]);
  await writeFile(configFile, JSON.stringify({ config: Object.fromEntries(config) as object }));
  return previewStack({ environment: "prod", cloud, configFile });
}

describe("with every option", () => {
  const previews: Partial<Record<Name, Preview>> = {};
  const of = (cloud: Name, type: string): readonly ResourceRecord[] =>
    (previews[cloud]?.resources ?? []).filter((resource) => resource.type === type);
  const classes = (cloud: Name): readonly unknown[] =>
    of(cloud, "kubernetes:storage.k8s.io/v1:StorageClass").map(({ inputs }) => inputs["provisioner"]);

  it.each(Object.keys(OPTIONS) as Name[])("%s takes the program", async (cloud) => {
    const preview = await previewOf(cloud);
    expect(preview.resources.length).toBeGreaterThan(0);
    previews[cloud] = preview;
  });

  it("volumes that several nodes write are EFS and Filestore, and stated where there are none", () => {
    expect(classes("aws")).toContain("efs.csi.aws.com");
    expect(of("aws", "aws:efs/fileSystem:FileSystem")[0]?.inputs).toMatchObject({ encrypted: true });
    expect(of("aws", "aws:efs/mountTarget:MountTarget")).toHaveLength(3);
    expect(classes("gcp")).toContain("filestore.csi.storage.gke.io");
    const addOns = at(of("gcp", "gcp:container/cluster:Cluster")[0]?.inputs, "addonsConfig");
    expect(addOns).toMatchObject({ gcpFilestoreCsiDriverConfig: { enabled: true } });
    expect(previews.digitalocean?.plan.deviations.map(({ setting }) => setting)).toContain("storage.shared");
  });

  it("local NVMe is scratch space of nodes that train", () => {
    const template = of("aws", "aws:ec2/launchTemplate:LaunchTemplate").find(({ name }) => name === "cluster-train");
    expect(Buffer.from(textAt(template?.inputs, "userData") ?? "", "base64").toString()).toContain("RAID0");
    const pool = of("gcp", "gcp:container/nodePool:NodePool").find(({ inputs }) => inputs["name"] === "train");
    expect(at(pool?.inputs, "nodeConfig", "ephemeralStorageLocalSsdConfig", "localSsdCount")).toBeGreaterThan(0);
  });

  it("names lead to the load balancer by records in the zone, and no record is left to make", () => {
    const records: Readonly<Record<Name, readonly unknown[]>> = {
      aws: of("aws", "aws:route53/record:Record").map(({ inputs }) => inputs["name"]),
      gcp: of("gcp", "gcp:dns/recordSet:RecordSet").map(({ inputs }) => inputs["name"]),
      digitalocean: of("digitalocean", "digitalocean:index/dnsRecord:DnsRecord").map(({ inputs }) => inputs["name"]),
    };
    expect(records).toEqual({
      aws: HOSTS,
      gcp: HOSTS.map((host) => `${host}.`),
      digitalocean: ["kubeflow", "*.kubeflow"],
    });
    for (const preview of Object.values(previews)) expect(preview.outputs).not.toHaveProperty("dnsRecords");
  });

  it("GPU nodes have a driver that the cloud or an image brings, and say which", () => {
    const gpuNodes = of("aws", "aws:eks/nodeGroup:NodeGroup").filter(({ name }) => name.includes("train"));
    expect(gpuNodes.map(({ inputs }) => [inputs["amiType"], inputs["releaseVersion"]])).toEqual(
      gpuNodes.map(() => ["AL2023_x86_64_NVIDIA", "1.34.9-20260714"]),
    );
    const pool = of("gcp", "gcp:container/nodePool:NodePool").find(({ inputs }) => inputs["name"] === "train");
    expect(at(pool?.inputs, "nodeConfig", "guestAccelerators")).toMatchObject([
      { gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" } },
    ]);
    const says = expect.stringContaining("which NVIDIA driver and CUDA the nodes get cannot be chosen here") as unknown;
    expect(previews.aws?.plan.warnings).not.toContainEqual(says);
    expect(previews.gcp?.plan.warnings).toContainEqual(says);
    expect(previews.digitalocean?.plan.warnings).toContainEqual(says);
  });

  it("those whom the settings name get in", () => {
    expect(of("aws", "aws:eks/accessEntry:AccessEntry")).toHaveLength(2);
    const members = of("gcp", "gcp:projects/iAMMember:IAMMember").map(({ inputs }) => [
      inputs["role"],
      inputs["member"],
    ]);
    expect(members).toContainEqual(["roles/container.admin", "group:admins@example.com"]);
    expect(members).toContainEqual(["roles/container.viewer", "user:ada@example.com"]);
  });
});
