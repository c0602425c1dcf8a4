import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAccess, renderKubeconfig } from "../../../rehearsal/control-plane/kubeconfig.ts";
import { createAuthority } from "../../../rehearsal/control-plane/pki.ts";

describe("an authority", () => {
  it("issues certificates that chain to it and name their subject", async () => {
    const authority = await createAuthority("test");
    const pair = await authority.issue({
      commonName: "somebody",
      organization: "system:masters",
      dnsNames: ["istiod.istio-system.svc"],
      ipAddresses: ["127.0.0.1"],
    });
    const issuer = new X509Certificate(authority.certificate);
    const leaf = new X509Certificate(pair.certificate);
    expect(issuer.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(issuer.publicKey)).toBe(true);
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.subject).toBe("CN=somebody\nO=system:masters");
    expect(leaf.checkHost("istiod.istio-system.svc")).toBeDefined();
    expect(leaf.checkHost("other.istio-system.svc")).toBeUndefined();
    expect(leaf.checkIP("127.0.0.1")).toBeDefined();
  });

  it("is another each time", async () => {
    const [one, other] = await Promise.all([createAuthority("test"), createAuthority("test")]);
    const leaf = new X509Certificate((await one.issue({ commonName: "x" })).certificate);
    expect(leaf.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  });
});

describe("a kubeconfig", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "kubeconfig-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it("is read back as it was written", async () => {
    const file = path.join(directory, "kubeconfig");
    const pair = { certificate: "a certificate", key: "a key" };
    await writeFile(file, renderKubeconfig("rehearsal-dev", "admin", "https://127.0.0.1:1", "an authority", pair));
    expect(await readAccess(file)).toEqual({ server: "https://127.0.0.1:1", authority: "an authority", ...pair });
  });

  it("of another kind is refused with what it lacks", async () => {
    const file = path.join(directory, "other");
    await writeFile(file, "clusters: [{cluster: {server: https://example.test}}]");
    await expect(readAccess(file)).rejects.toThrow(/other is not the kubeconfig of a rehearsal: it names no authority/);
  });
});
