import { once } from "node:events";
import { createServer as createPlainServer } from "node:http";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examine, type Finding } from "../../../components/mirror/bundle/doctor.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { type Authority, createAuthority } from "../../../rehearsal/control-plane/pki.ts";
import { realRelease } from "../../kit/release.ts";

let home: string;
let authority: Authority;
let server: Server;
let registry: string;
let status = 401;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "doctor-test-"));
  authority = await createAuthority("site");
  const { certificate, key } = await authority.issue({ commonName: "127.0.0.1", ipAddresses: ["127.0.0.1"] });
  server = createServer({ cert: certificate, key }, (request, response) => {
    response.writeHead(request.url === "/v2/" ? status : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}/kubeflow`;
  await realRelease();
  await executable("pulumi", "v3.274.1");
  await executable("node", "v20.20.2");
  await executable("kustomize", "v5.4.2");
  await mkdir(path.join(home, "plugins", "resource-kubernetes-v4.34.2"), { recursive: true });
  await writeFile(path.join(home, "plugins", "resource-kubernetes-v4.34.2", "pulumi-resource-kubernetes"), "");
});
afterAll(async () => {
  server.close();
  await rm(home, { recursive: true, force: true });
});

async function executable(name: string, says: string): Promise<void> {
  await writeFile(path.join(home, name), `#!/bin/sh\necho ${says}\n`);
  await chmod(path.join(home, name), 0o755);
}

async function found(airGap?: object): Promise<ReadonlyMap<string, Finding>> {
  const settings = parseSettings({
    environment: "dev",
    cloud: "existing",
    ...(airGap === undefined ? {} : { airGap }),
  });
  const env = { ...process.env, PATH: home, PULUMI_HOME: home, HARBOR_USERNAME: "", HARBOR_BEARER_TOKEN: "" };
  const findings = await examine({ settings, plugins: { kubernetes: "4.34.2", aws: "7.48.0" }, env });
  return new Map(findings.map((finding) => [finding.name, finding]));
}

describe("the doctor", () => {
  it("finds what is there, and says of the rest what to do", async () => {
    const findings = await found({ registry, ca: authority.certificate });
    expect(findings.get("pulumi")).toEqual({ name: "pulumi", ok: true, detail: `3.274.1 at ${home}/pulumi` });
    expect(findings.get("kustomize")).toMatchObject({ ok: false, next: expect.stringContaining("5.4.3") as string });
    expect(findings.get("node")).toMatchObject({ ok: false, next: expect.stringContaining("22.18.0") as string });
    expect(findings.get("plugin kubernetes")).toMatchObject({ ok: true });
    expect(findings.get("plugin aws")).toMatchObject({
      ok: false,
      next: "pulumi plugin install resource aws v7.48.0 --file FILE",
    });
    expect(findings.get("manifests of v1.8.1")).toMatchObject({ ok: true, detail: "641 objects, as locked" });
    expect(findings.get("mirror")).toMatchObject({ ok: true });
  });

  it("does not take a server for the mirror that does not answer as a registry", async () => {
    status = 404;
    const findings = await found({ registry, ca: authority.certificate });
    status = 401;
    expect(findings.get("mirror")).toMatchObject({ ok: false, detail: expect.stringContaining("404") as string });
  });

  it("does not trust a mirror whose authority it was not told", async () => {
    expect((await found({ registry })).get("mirror")).toMatchObject({
      ok: false,
      next: expect.stringContaining("airGap.ca") as string,
    });
  });

  it("says of a mirror that it speaks no TLS", async () => {
    const plain = createPlainServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(plain, "listening");
    const { port } = plain.address() as AddressInfo;
    const findings = await found({ registry: `127.0.0.1:${port}/kubeflow` });
    plain.close();
    expect(findings.get("mirror")).toMatchObject({ ok: false, detail: `127.0.0.1:${port} speaks no TLS` });
  });

  it("misses whoever may make a project of Harbor", async () => {
    const name = "sign-in to Harbor";
    const administrator = { username: "admin", password: "admin" };
    expect((await found({ registry, ca: authority.certificate })).get(name)).toBeUndefined();
    expect((await found({ registry, harbor: { administrator } })).get(name)).toMatchObject({ ok: true });
    expect((await found({ registry, harbor: {} })).get(name)).toMatchObject({
      ok: false,
      next: expect.stringContaining("HARBOR_PASSWORD") as string,
    });
  });

  it("misses the setting", async () => {
    expect((await found()).get("mirror")).toMatchObject({ ok: false, detail: "no registry is set" });
  });
});
