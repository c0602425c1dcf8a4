import { copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MirrorError } from "../../components/mirror/errors.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { type Authority, createAuthority, type Subject } from "../../rehearsal/control-plane/pki.ts";
import { makeImage, noise, seed } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RegistrySetup, type RunningRegistry, startRegistry } from "../kit/registry.ts";
import { openTunnel, type Tunnel } from "../kit/tunnel.ts";

/** A name that resolves nowhere: only a proxy gets there. */
const NAME = "registry.site.test:5000";
const here = { commonName: "registry", ipAddresses: ["127.0.0.1"], dnsNames: ["registry.site.test"] };

let home: MirrorHome;
let authority: Authority;
let ca: string;
const registries: RunningRegistry[] = [];
let pulls = 0;

beforeAll(async () => {
  home = await MirrorHome.open();
  authority = await createAuthority("site");
  ca = home.path("ca.pem");
  await writeFile(ca, authority.certificate);
  const plain = await startRegistry({ storage: home.path("storage") });
  await seed(plain.origin, "app", "v1", makeImage([noise("a layer", 100_000)]));
  await plain.stop();
});
afterAll(async () => {
  await Promise.all(registries.map((one) => one.stop()));
  await home.close();
});

/** Paths of a certificate and its key. */
async function certificateOf(subject: Subject): Promise<{ readonly certificate: string; readonly key: string }> {
  const pair = await authority.issue(subject);
  const folder = home.path(`${subject.commonName}-${Math.random()}`);
  await mkdir(folder);
  const files = { certificate: `${folder}/cert.pem`, key: `${folder}/key.pem` };
  await writeFile(files.certificate, pair.certificate);
  await writeFile(files.key, pair.key);
  return files;
}

async function registryWith(subject: Subject, more: Partial<NonNullable<RegistrySetup["tls"]>> = {}) {
  const registry = await startRegistry({
    storage: home.path("storage"),
    tls: { ...(await certificateOf(subject)), ...more },
  });
  registries.push(registry);
  return registry;
}

async function pull(host: string, args: readonly string[] = [], where = home) {
  const list = home.path("images.txt");
  await writeFile(list, `${host}/app:v1`);
  return where.run("pull", "-o", home.path(`pulled${pulls++}`), "--images", list, "--json", ...args);
}

/** What is said in the end where a request fails again and again; nobody waits in between. */
async function refusal(host: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const registries = new Registries({ ca: [authority.certificate], retries: { base: 1, cap: 5 }, env });
  const error: unknown = await registries
    .of(host)
    .head("app", "v1")
    .catch((caught: unknown) => caught);
  await registries.close();
  expect(error).toBeInstanceOf(MirrorError);
  return (error as MirrorError).message;
}

describe("a registry of an authority of the site", () => {
  let host: string;
  beforeAll(async () => ({ host } = await registryWith(here)));

  it("is refused where the authority was not told, with how to tell it", async () => {
    const pulled = await pull(host);
    expect(pulled.code).toBe(6);
    expect(pulled.stderr).toContain("certificate");
    expect(pulled.stderr).toContain("--ca");
  });

  it("is taken with --ca, and by name with --insecure-registry", async () => {
    expect((await pull(host, ["--ca", ca])).json()).toMatchObject({ ok: true, images: 1 });
    expect((await pull(host, ["--insecure-registry", host])).json()).toMatchObject({ ok: true, images: 1 });
    expect((await pull(host, ["--insecure-registry", "other.example.com"])).code).toBe(6);
  });

  it("is taken without an option where it lies in the user's certs.d, for the host alone whose folder it is in", async () => {
    const certificates = (of: string) => home.path("someone", ".config", "containers", "certs.d", of);
    const someone = home.with({ HOME: home.path("someone") });
    await mkdir(certificates("other.example.com"), { recursive: true });
    await copyFile(ca, path.join(certificates("other.example.com"), "ca.crt"));
    expect((await pull(host, [], someone)).code).toBe(6);
    await rename(certificates("other.example.com"), certificates(host));
    expect((await pull(host, [], someone)).json()).toMatchObject({ ok: true, images: 1 });
  });
});

describe("a certificate", () => {
  it("of another host is refused although its authority is trusted", async () => {
    const { host } = await registryWith({ commonName: "other", dnsNames: ["other.example.com"] });
    const pulled = await pull(host, ["--ca", ca]);
    expect(pulled.code).toBe(6);
    expect(pulled.stderr).toContain("other.example.com");
  });

  it("that has expired is refused although its authority is trusted", async () => {
    const { host } = await registryWith({ ...here, validUntil: new Date(Date.now() - 60_000) });
    const pulled = await pull(host, ["--ca", ca]);
    expect(pulled.code).toBe(6);
    expect(pulled.stderr).toContain("expired");
  });

  it("is shown to a registry that serves nobody without", async () => {
    const { host } = await registryWith(here, { clientcas: [ca] });
    const client = await certificateOf({ commonName: "mirror" });
    expect(await refusal(host)).toContain("other side closed");
    const shown = await pull(host, ["--ca", ca, "--cert", client.certificate, "--key", client.key]);
    expect(shown.json()).toMatchObject({ ok: true, images: 1 });
    const folder = home.path("owner", ".config", "containers", "certs.d", host);
    await mkdir(folder, { recursive: true });
    await copyFile(client.certificate, path.join(folder, "client.cert"));
    await copyFile(client.key, path.join(folder, "client.key"));
    const stored = await pull(host, ["--ca", ca], home.with({ HOME: home.path("owner") }));
    expect(stored.json()).toMatchObject({ ok: true, images: 1 });
    const half = await pull(host, ["--ca", ca, "--cert", client.certificate]);
    expect(half.code).toBe(2);
    expect(half.stderr).toContain("--cert and --key belong together");
  });
});

describe("a proxy of the environment", () => {
  let tunnel: Tunnel;
  beforeAll(async () => {
    const { host } = await registryWith(here);
    tunnel = await openTunnel(Number(host.split(":")[1]));
  });
  afterAll(() => tunnel.close());

  it("is used, with the credentials in its address, which nobody gets to see", async () => {
    const behind = home.with({ HTTPS_PROXY: `http://someone:s3cret@${tunnel.host}` });
    const pulled = await pull(NAME, ["--ca", ca], behind);
    expect(pulled.json()).toMatchObject({ ok: true, images: 1 });
    const authorization = `Basic ${Buffer.from("someone:s3cret").toString("base64")}`;
    expect(tunnel.asked.every((one) => one.target === NAME && one.authorization === authorization)).toBe(true);
    expect(pulled.stdout + pulled.stderr).not.toContain("s3cret");
  });

  it("is passed over for what NO_PROXY names", async () => {
    const before = tunnel.asked.length;
    const behind = home.with({ HTTPS_PROXY: `http://${tunnel.host}`, NO_PROXY: "localhost,.site.test" });
    expect((await pull(NAME, ["--ca", ca], behind)).code).toBe(6);
    expect(tunnel.asked).toHaveLength(before);
  });

  it("that is not there is told without its credentials", async () => {
    const told = await refusal(NAME, { HTTPS_PROXY: "http://someone:s3cret@127.0.0.1:1" });
    expect(told).toContain("ECONNREFUSED");
    expect(told).not.toContain("s3cret");
  });
});
