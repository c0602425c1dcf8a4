import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AwsCluster } from "../../../components/cluster/aws/cluster.ts";
import { planAws } from "../../../components/cluster/aws/plan.ts";
import { cloudOf } from "../../../components/cluster/clouds.ts";
import { CLOUDS, type CloudName } from "../../../components/cluster/contract.ts";
import { furnishingObjects } from "../../../components/cluster/furnishing/objects.ts";
import { keepingFiles } from "../../../components/cluster/furnishing/registry-authority.ts";
import { GcpCluster } from "../../../components/cluster/gcp/component.ts";
import { plan as planGcp } from "../../../components/cluster/gcp/plan.ts";
import { at, listAt, objectId, textAt } from "../../../components/kit/objects.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { createAuthority } from "../../../rehearsal/control-plane/pki.ts";
import { registrationsOf } from "../../kit/registrations.ts";

const PLACES: Readonly<Record<CloudName, object>> = {
  existing: {},
  aws: { region: "eu-west-1" },
  gcp: { region: "europe-west4", project: "some-project" },
  digitalocean: { region: "fra1" },
};
const HOST = "registry.example.com:5000";
const WRITER = "DaemonSet.apps kube-system/kubeflow-registry-authority";

let ca: string;
let home: string;
beforeAll(async () => {
  ca = (await createAuthority("site")).certificate;
  home = await mkdtemp(path.join(tmpdir(), "authority-test-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

function settingsOn(cloud: CloudName, airGap: object = {}) {
  return parseSettings({
    environment: "dev",
    cloud,
    ...PLACES[cloud],
    airGap: { registry: `${HOST}/kubeflow`, ca, ...airGap },
  }).cluster;
}

function furnished(cloud: CloudName, airGap: object = {}) {
  const request = settingsOn(cloud, airGap);
  const { pools } = cloudOf(cloud).plan(request);
  return furnishingObjects(cloudOf(cloud), { pools, storageClasses: [] }, request);
}

describe.each(CLOUDS)("on %s", (name) => {
  const cloud = cloudOf(name);
  const said = (airGap?: object) =>
    cloud.plan(settingsOn(name, airGap)).deviations.filter(({ setting }) => setting === "airGap.ca");
  const writers = (airGap?: object) => furnished(name, airGap).filter((object) => objectId(object) === WRITER);

  it("nodes trust the registry before they pull, or a DaemonSet makes them and a deviation says so", () => {
    const { supported } = cloud.capabilities.registryAuthority;
    expect(said()).toHaveLength(supported ? 0 : 1);
    expect(writers()).toHaveLength(supported ? 0 : 1);
  });

  it("nothing is done without an authority, or where nodes have it", () => {
    for (const airGap of [{ ca: undefined }, { nodes: { authority: "given" } }]) {
      expect(said(airGap)).toEqual([]);
      expect(writers(airGap)).toEqual([]);
    }
  });

  it("everything of the cluster's own is pulled from the registry, signed in", () => {
    const objects = furnished(name, { pullSecret: { username: "robot", password: "token" } });
    const pods = objects.map((object) => at(object, "spec", "template", "spec")).filter((spec) => spec !== undefined);
    for (const pod of pods) {
      const images = [...listAt(pod, "containers"), ...listAt(pod, "initContainers")].map((one) =>
        textAt(one, "image"),
      );
      for (const image of images) expect(image).toMatch(/^registry\.example\.com:5000\/kubeflow\//);
      expect(listAt(pod, "imagePullSecrets")).toEqual([{ name: "node-registry-accounts" }]);
    }
    expect(objects.map(objectId)).toContain("Secret kube-system/node-registry-accounts");
  });
});

describe("the DaemonSet", () => {
  const writer = (airGap?: object) => furnished("digitalocean", airGap).find((object) => objectId(object) === WRITER);

  it("sees one folder of the node, and has none of root's capabilities", () => {
    const pod = at(writer(), "spec", "template", "spec");
    expect(listAt(pod, "volumes").filter((volume) => at(volume, "hostPath") !== undefined)).toEqual([
      {
        name: "registry",
        hostPath: { path: `/etc/containerd/certs.d/${HOST}`, type: "DirectoryOrCreate" },
      },
    ]);
    expect(listAt(pod, "containers")).toMatchObject([
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
      },
    ]);
    expect(JSON.stringify(pod)).not.toMatch(/privileged|hostPID|hostNetwork/);
  });

  it("comes from where nodes need no trust, where the settings say so, and writes where containerd looks", () => {
    const other = writer({ nodes: { image: "registry.digitalocean.com/site/busybox:1", directory: "/opt/certs" } });
    const pod = at(other, "spec", "template", "spec");
    expect(textAt(listAt(pod, "containers")[0], "image")).toBe("registry.digitalocean.com/site/busybox:1");
    expect(JSON.stringify(listAt(pod, "volumes"))).toContain(`/opt/certs/${HOST}`);
  });

  it("starts again with another authority", () => {
    const annotations = (one: unknown) => at(one, "spec", "template", "metadata", "annotations");
    const before = annotations(writer());
    expect(before).toEqual(annotations(writer()));
    expect(before).not.toEqual(annotations(writer({ registry: "other.example.com" })));
  });

  it("keeps both files whole on the node until it is told to stop", async () => {
    const [given, taken] = [path.join(home, "given"), path.join(home, "taken")];
    await Promise.all([mkdir(given), mkdir(taken)]);
    await writeFile(path.join(given, "data"), "authority\n");
    // As the kubelet mounts ConfigMaps.
    await symlink("data", path.join(given, "ca.crt"));
    await writeFile(path.join(given, "hosts.toml"), "hosts\n");
    const shell = spawn("sh", ["-c", keepingFiles(given, taken)], { stdio: "ignore" });
    while ((await readdir(taken)).toSorted().join() !== "ca.crt,hosts.toml") await sleep(20);
    expect(await readFile(path.join(taken, "ca.crt"), "utf8")).toBe("authority\n");
    shell.kill("SIGTERM");
    expect(await once(shell, "exit")).toEqual([0, null]);
  });

  it("fails where it may not write, so that somebody sees it", async () => {
    const shell = spawn("sh", ["-c", keepingFiles(home, path.join(home, "nowhere"))], { stdio: "ignore" });
    expect(await once(shell, "exit")).toEqual([1, null]);
  });
});

describe("user data on AWS", () => {
  const scriptOf = async (airGap: object) => {
    const request = settingsOn("aws", airGap);
    const made = await registrationsOf(() => void new AwsCluster("cluster", request, planAws(request)), awsAnswer);
    const template = made.find(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
    const text = Buffer.from(textAt(template?.inputs, "userData") ?? "", "base64").toString();
    return /#!\/bin\/bash\n([\s\S]*?)\n--kubeflow-node/.exec(text)?.[1] ?? "";
  };

  it("puts the authority into the trust store and into containerd's folder of the registry", async () => {
    const script = await scriptOf({});
    const root = path.join(home, "root");
    const bin = path.join(root, "bin");
    await mkdir(bin, { recursive: true });
    for (const folder of ["modules-load.d", "pki/ca-trust/source/anchors"]) {
      await mkdir(path.join(root, "etc", folder), { recursive: true });
    }
    await mkdir(path.join(root, "etc/containerd/certs.d", HOST), { recursive: true });
    for (const name of ["systemctl", "update-ca-trust"]) {
      await writeFile(path.join(bin, name), `#!/bin/sh\necho ${name} "$@" >> ${root}/calls\n`, { mode: 0o755 });
    }
    const moved = script.replaceAll(/(?<![\w.])\/etc\//g, `${root}/etc/`);
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
    const shell = spawn("bash", ["-e", "-c", moved], { env, stdio: "ignore" });
    expect(await once(shell, "exit")).toEqual([0, null]);
    const written = (file: string) => readFile(path.join(root, "etc", file), "utf8");
    expect((await written("pki/ca-trust/source/anchors/kubeflow-registry.crt")).trim()).toBe(ca.trim());
    expect((await written(`containerd/certs.d/${HOST}/ca.crt`)).trim()).toBe(ca.trim());
    const hosts = await written(`containerd/certs.d/${HOST}/hosts.toml`);
    expect(hosts).toContain(`server = "https://${HOST}"`);
    expect(hosts).toContain(`/containerd/certs.d/${HOST}/ca.crt"`);
    expect(await readFile(path.join(root, "calls"), "utf8")).toContain("update-ca-trust\n");
  });

  it("says nothing of an authority where there is none", async () => {
    expect(await scriptOf({ ca: undefined })).not.toContain("ca-trust");
  });

  it("refuses more certificates than EC2 takes", () => {
    const request = settingsOn("aws");
    const airGap = { registry: HOST, ca: ca.repeat(30) };
    expect(() => planAws({ ...request, airGap })).toThrow(/airGap\.ca: .* bytes/);
  });
});

describe("node pools of GKE", () => {
  it("read the authority from Secret Manager, which the nodes' own account may", async () => {
    const request = settingsOn("gcp");
    const made = await registrationsOf(() => void new GcpCluster("cluster", request, planGcp(request)), gcpAnswer);
    const inputs = (type: string) => made.filter((one) => one.type === type).map((one) => one.inputs);
    expect(inputs("gcp:secretmanager/secretVersion:SecretVersion")).toMatchObject([{ secretData: { value: ca } }]);
    expect(inputs("gcp:secretmanager/secretIamMember:SecretIamMember")).toMatchObject([
      { role: "roles/secretmanager.secretAccessor", member: "serviceAccount:nodes@some-project.invalid" },
    ]);
    expect(inputs("gcp:projects/service:Service").map(({ service }) => service)).toContain(
      "secretmanager.googleapis.com",
    );
    for (const pool of inputs("gcp:container/nodePool:NodePool")) {
      expect(at(pool, "nodeConfig", "containerdConfig", "privateRegistryAccessConfig")).toEqual({
        enabled: true,
        certificateAuthorityDomainConfigs: [
          {
            fqdns: [HOST],
            gcpSecretManagerCertificateConfig: { secretUri: "projects/1/secrets/authority/versions/1" },
          },
        ],
      });
    }
    const pool = made.find(({ type }) => type === "gcp:container/nodePool:NodePool");
    expect(pool?.dependencies).toContain(
      "gcp:secretmanager/secretIamMember:SecretIamMember cluster-registry-authority",
    );
  });
});

function awsAnswer(type: string) {
  switch (type) {
    case "aws:eks/cluster:Cluster":
      return { endpoint: "https://api.invalid", certificateAuthority: { data: "Q0E=" }, vpcConfig: {} };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { latestVersion: 1 };
    default:
      return {};
  }
}

function gcpAnswer(type: string) {
  switch (type) {
    case "gcp:serviceaccount/account:Account":
      return { email: "nodes@some-project.invalid" };
    case "gcp:secretmanager/secretVersion:SecretVersion":
      return { name: "projects/1/secrets/authority/versions/1" };
    case "gcp:container/cluster:Cluster":
      return { endpoint: "192.0.2.1", masterAuth: { clusterCaCertificate: "Q0E=" } };
    default:
      return {};
  }
}
