import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { dump } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { requireElsewhere, requireOtherServer } from "../../../components/registry/distribution/elsewhere.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { createAuthority } from "../../../rehearsal/control-plane/pki.ts";
import { readStack } from "../../../rehearsal/stack.ts";
import { airGapWithDistribution, kubeconfigText, ROBOT } from "../../kit/distribution.ts";

const INFRA = kubeconfigText("https://infra.example.com:6443");
let good: Awaited<ReturnType<typeof airGapWithDistribution>>;
let otherKey: string;

beforeAll(async () => {
  good = await airGapWithDistribution(INFRA);
  otherKey = (await (await createAuthority("other")).issue({ commonName: "other" })).key;
});

async function told(work: () => unknown): Promise<string> {
  try {
    await work();
    return "no error";
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

const settingsOf = (airGap: object, cluster: object = {}) =>
  parseSettings({ environment: "dev", cloud: "existing", cluster, airGap });

describe("the setting airGap.distribution", () => {
  it("needs a cluster, a size and a certificate, and has defaults for the rest", () => {
    expect(settingsOf(good).airGap?.distribution).toMatchObject({
      namespace: "registry",
      image: "docker.io/library/registry:3.1.2",
      readOnly: false,
      service: { type: "LoadBalancer", visibility: "internal", annotations: {}, sourceRanges: [] },
    });
  });

  it("is taken from a stack file whose key and kubeconfig only Pulumi can read", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "distribution-"));
    const file = path.join(folder, "Pulumi.site.yaml");
    const encrypted = { kubeconfig: { secure: "v1:abc" }, key: { secure: "v1:def" } };
    const airGap = { ...good, distribution: { ...good.distribution, ...encrypted } };
    await writeFile(file, dump({ config: { "kubeflow:airGap": airGap } }));
    const { settings } = await readStack({ environment: "dev", configFile: file });
    expect(settings.airGap?.distribution?.certificate).toBe(good.distribution.certificate);
    await rm(folder, { recursive: true });
  });

  const changes: readonly [string, (() => object) | object, string][] = [
    ["storage", { storage: "lots" }, 'storage is "lots"; it must be a size such as 64 GB or 1.5 TB'],
    ["no storage", { storage: undefined }, "storage is missing; it must be a size such as 64 GB or 1.5 TB"],
    [
      "no cluster",
      { kubeconfig: undefined },
      "kubeconfig is missing; it must be given, or context: the registry stands",
    ],
    ["a namespace", { namespace: "My" }, 'namespace is "My"; it must be a name of a namespace'],
    ["an image", { image: "No Image" }, 'image is "No Image"; it must be an image of distribution 3'],
    ["a certificate", { certificate: "ca.crt" }, 'certificate is "ca.crt"; it must be a certificate in PEM'],
    ["a key", { key: "hunter2" }, "key (value not shown) is wrong; it must be a private key in PEM"],
    [
      "another key",
      () => ({ key: otherKey }),
      "key (value not shown) is wrong; it must be the private key of the cert",
    ],
    [
      "a type",
      { service: { type: "ClusterIP" } },
      'service.type is "ClusterIP"; it must be one of LoadBalancer, NodePort',
    ],
    ["a node's port", { service: { type: "NodePort" } }, 'service.type is "NodePort"; it must be LoadBalancer, as '],
    [
      "a visibility",
      { service: { visibility: "none" } },
      'service.visibility is "none"; it must be one of internal, public',
    ],
    [
      "a switch",
      { readOnly: "yes" },
      'readOnly is "yes"; it must be true (nobody may push or delete any more) or false',
    ],
    ["a mistyped key", { storag: "1 TB" }, "storag is not a setting (did you mean storage?)"],
  ];
  it.each(changes)("is refused for %s", async (_, change, problem) => {
    const more = typeof change === "function" ? (change as () => object)() : change;
    const message = await told(() => settingsOf({ ...good, distribution: { ...good.distribution, ...more } }));
    expect(message).toContain(`airGap.distribution.${problem}`);
    expect(message).not.toContain("hunter2");
  });

  it("is refused without the sign-in that the registry asks for, and with one that it could not tell apart", async () => {
    const without = { ...good, pullSecret: undefined };
    expect(await told(() => settingsOf(without))).toContain(
      "airGap.pullSecret is missing; it must be given: the registry that is stood up lets nobody in without a sign-in",
    );
    const odd = { ...good, pullSecret: { username: "a:b", password: "p".repeat(73) } };
    const message = await told(() => settingsOf(odd));
    expect(message).toContain("airGap.pullSecret.username (value not shown) is wrong; it must be without a colon");
    expect(message).toContain("airGap.pullSecret.password (value not shown) is wrong; it must be 72 bytes at most");
    expect(message).not.toContain(ROBOT.password);
  });

  it.each(["registry.digitalocean.com/site", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/kubeflow"])(
    "is refused for the name of a registry that a cloud runs: %s",
    async (registry) =>
      expect(await told(() => settingsOf({ ...good, registry }))).toContain(
        `it must be left out: ${registry} is a name of a registry that a cloud runs`,
      ),
  );

  it("is refused for a certificate of another name", async () => {
    expect(await told(() => settingsOf({ ...good, registry: "images.example.com:5000/kubeflow" }))).toContain(
      "it must be for images.example.com; this one is for DNS:registry.example.com",
    );
  });
});

describe("a registry in the cluster that it feeds is refused", () => {
  const refused = (cluster: object, beside: object = {}) =>
    told(() => requireElsewhere(settingsOf({ ...good, distribution: { ...good.distribution, ...beside } }, cluster)));

  it("where kubeconfig and context are the same", async () => {
    const same = { kubeconfig: "/nowhere/kubeconfig", context: "infra" };
    expect(await refused(same, same)).toContain(
      "airGap.distribution would stand the registry up in the cluster that it feeds: cluster.kubeconfig and cluster.context are the same",
    );
  });

  it("where both lead to one API server, however they write it", async () => {
    const kubeconfig = kubeconfigText("https://INFRA.example.com:6443/", "another");
    expect(await refused({ kubeconfig, check: false })).toContain("both lead to https://INFRA.example.com:6443");
  });

  it("where two addresses are those of one API server, and not where they are of two", async () => {
    const [one, same, other] = await Promise.all(["a", "a", "b"].map(clusterOf));
    const kubeconfig = kubeconfigText(one!.url);
    const answers = [same!, other!].map(({ url }) => refused({ kubeconfig }, { kubeconfig: kubeconfigText(url) }));
    expect(await Promise.all(answers)).toEqual([
      expect.stringContaining(`${same!.url} and ${one!.url} are the same API server`),
      "no error",
    ]);
    for (const { server } of [one!, same!, other!]) server.close();
  });

  it("where it is one that the program has made itself", async () => {
    const { distribution } = settingsOf(good).airGap!;
    expect(await told(() => requireOtherServer("https://infra.example.com:6443", distribution!))).toContain(
      "it leads to https://infra.example.com:6443, which this program has made",
    );
    expect(await told(() => requireOtherServer("https://made.example.com", distribution!))).toBe("no error");
  });

  it("and nowhere else", async () => {
    const kubeconfig = kubeconfigText("https://fed.example.com:6443");
    expect(await refused({ kubeconfig, check: false })).toBe("no error");
  });

  it("as long as the kubeconfig of the other can be read", async () => {
    expect(await refused({ check: false }, { kubeconfig: "/nowhere/kubeconfig" })).toContain(
      "airGap.distribution.kubeconfig cannot be read: ENOENT",
    );
  });
});

/** What answers as an API server does that is asked for its first namespace. */
async function clusterOf(uid: string) {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", uid } };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(namespace));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
