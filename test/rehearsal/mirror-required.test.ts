import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseReference } from "../../components/kubeflow/images/reference.ts";
import { assertHeld } from "../../components/mirror/cluster/held.ts";
import type { ListedImage } from "../../components/mirror/list/closed-list.ts";
import { readLock } from "../../components/mirror/list/lock.ts";
import type { Digest } from "../../components/mirror/oci/digest.ts";
import { push } from "../../components/mirror/transfer/push.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { syntheticImages } from "../../rehearsal/air-gap/synthetic.ts";
import { createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { type HostResult, mask } from "../../rehearsal/host/index.ts";
import { runProgram } from "../kit/program.ts";
import { freePort, type RunningRegistry, startRegistry } from "../kit/registry.ts";

const SECRET = "a-stack-secret-of-more-than-32-characters";
const pullSecret = { username: "robot", password: "mirror-token-of-the-test" };

let folder: string;
let registry: RunningRegistry;
let mirror: string;
let ca: string;
/** Of images in the lock. */
let count: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "required-"));
  const authority = await createAuthority("site");
  ca = authority.certificate;
  const issued = await authority.issue({ commonName: "registry", ipAddresses: ["127.0.0.1"] });
  const tls = { certificate: path.join(folder, "tls.crt"), key: path.join(folder, "tls.key") };
  await Promise.all([writeFile(tls.certificate, issued.certificate), writeFile(tls.key, issued.key)]);
  const accounts = `${pullSecret.username}:${hashSync(pullSecret.password, 4).replace(/^\$2[ab]/, "$2y")}\n`;
  registry = await startRegistry({ tls, accounts });
  mirror = `${registry.host}/kubeflow`;
  const references = (await readLock()).images.map(({ reference }) => reference);
  count = references.length;
  await fill(references);
});
afterAll(() => Promise.all([registry.stop(), rm(folder, { recursive: true, force: true })]));

/** Brings a synthetic image for each reference to the registry, and what is named by a digest into its storage. */
async function fill(references: readonly string[]): Promise<void> {
  const registries = new Registries({
    env: {},
    ca: [ca],
    credentials: () => Promise.resolve({ kind: "password", ...pullSecret }),
  });
  const tagged = references.filter((reference) => parseReference(reference).digest === undefined);
  const content = syntheticImages(tagged);
  const { failures } = await push({ content, to: mirror, registries, concurrency: 8, report: () => undefined });
  expect(failures).toEqual([]);
  await registries.close();
  const [root] = content.entries.values();
  if (root === undefined) throw new Error("no image");
  const bytes = await content.manifest(root.digest);
  const stored = path.join(registry.storage, "docker", "registry", "v2");
  for (const { host, path: repository, digest } of references.map(parseReference)) {
    if (digest === undefined) continue;
    const hex = digest.slice("sha256:".length);
    // Nobody can make content of a given digest; a registry believes its own disk.
    const blob = path.join(stored, "blobs", "sha256", hex.slice(0, 2), hex);
    const revision = path.join(repositoryOf(host, repository), "_manifests", "revisions", "sha256", hex);
    await Promise.all([mkdir(blob, { recursive: true }), mkdir(revision, { recursive: true })]);
    await Promise.all([writeFile(path.join(blob, "data"), bytes), writeFile(path.join(revision, "link"), digest)]);
  }
}

function repositoryOf(host: string, repository: string): string {
  return path.join(registry.storage, "docker", "registry", "v2", "repositories", "kubeflow", host, repository);
}

function run(airGap: object, preview = false): Promise<HostResult> {
  const settings = { environment: "prod", cloud: "existing", secret: SECRET };
  return runProgram({ ...settings, airGap: JSON.stringify({ verify: true, ...airGap }) }, { preview });
}

/** What a run says that ends before it registers anything but the stack. */
async function refusalOf(airGap: object): Promise<string> {
  const { failures, resources } = await run(airGap);
  expect(resources.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
  const told = failures.map(({ message }) => message).join("\n");
  expect(told).not.toContain(pullSecret.password);
  return told;
}

describe("airGap.verify", () => {
  // Before the others: a registry remembers the digests that it was asked for.
  it("ends a run before anything is applied that would lack images, and names each with who uses it", async () => {
    const left = [
      ["docker.io", "library/mysql", "docker.io/library/mysql:8.0.26 of Deployment.apps kubeflow/mysql"],
      [
        "gcr.io",
        "knative-releases/knative.dev/serving/cmd/queue",
        "gcr.io/knative-releases/knative.dev/serving/cmd/queue@sha256:",
      ],
    ] as const;
    for (const [host, name] of left) await rename(repositoryOf(host, name), path.join(folder, path.basename(name)));
    const told = await refusalOf({ registry: mirror, ca, pullSecret });
    for (const [host, name] of left) await rename(path.join(folder, path.basename(name)), repositoryOf(host, name));
    expect(told).toContain(`airGap.verify: ${mirror} lacks 3 of the ${count} images of this stack:`);
    for (const [, , line] of left) expect(told).toContain(`  ${line}`);
    expect(told).toContain(`Next: npm run mirror -- push <folder> --to ${mirror}, then run this again`);
  });

  it("lets a run begin whose images are all in the registry, under a certificate of its own authority", async () => {
    const { failures, resources } = await run({ registry: mirror, ca, pullSecret });
    expect(failures).toEqual([]);
    expect(resources.length).toBeGreaterThan(600);
    expect(JSON.stringify(resources.map(({ inputs }) => mask(inputs)))).not.toContain(pullSecret.password);
    expect((await registry.requests()).filter((line) => line.includes('"HEAD ')).length).toBeGreaterThanOrEqual(count);
  });

  it("asks nobody in a preview", async () => {
    const { failures } = await run({ registry: `127.0.0.1:${await freePort()}/kubeflow` }, true);
    expect(failures).toEqual([]);
  });

  it("says what is wrong with the sign-in", async () => {
    const wrong = await refusalOf({ registry: mirror, ca, pullSecret: { ...pullSecret, password: "another" } });
    expect(wrong).toContain(`${registry.host} does not accept this sign-in: 401`);
    expect(wrong).toContain("Next: correct airGap.pullSecret");
    expect(wrong).not.toContain("another");
    expect(await refusalOf({ registry: mirror, ca })).toContain(`${registry.host} wants a login`);
  });

  it("says which setting helps where the certificate is not trusted", async () => {
    const told = await refusalOf({ registry: mirror, pullSecret });
    expect(told).toContain(`${registry.host}: its certificate is not trusted`);
    expect(told).toContain("airGap.ca");
  });

  it("says that the registry is not there", async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const told = await refusalOf({ registry: `${host}/kubeflow`, ca, pullSecret });
    expect(told).toContain(`airGap.verify: ${host}/kubeflow cannot be asked: E_NETWORK ${host}: connect ECONNREFUSED`);
  });

  it("takes one platform of an image for the whole, and no other image", async () => {
    const reference = "docker.io/istio/pilot:1.17.5";
    const origins = [{ form: "container", object: "Deployment.apps istio-system/istiod", field: "image" }];
    const [there, other] = [
      syntheticImages([reference]).entries.get(reference)?.digest ?? "",
      `sha256:${"1".repeat(64)}`,
    ];
    const image = (digest: string, ...platforms: string[]): ListedImage => ({
      ...{ reference, origins, digest },
      platforms: platforms.map((platform) => ({ platform: "linux/amd64", digest: platform as Digest, size: 1 })),
    });
    const held = (one: ListedImage) => assertHeld({ registry: mirror, ca, pullSecret }, [], [one]);
    await held(image(there));
    await held(image(other, there));
    await expect(held(image(other, other))).rejects.toThrow(
      `${reference} of Deployment.apps istio-system/istiod: another image than the lock says`,
    );
  });
});
