import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderKubeconfig } from "../../../rehearsal/control-plane/kubeconfig.ts";
import { locate, onControlPlane } from "../../../rehearsal/providers/simulated/control-plane.ts";

let folder: string;
let own: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "located-"));
  own = path.join(folder, "kubeconfig");
  const pair = { certificate: "CERTIFICATE", key: "KEY" };
  await writeFile(own, renderKubeconfig("rehearsal", "admin", "https://127.0.0.1:6443", "AUTHORITY", pair));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const kubeconfig = (server: string, authority: string) =>
  JSON.stringify({ clusters: [{ name: "it", cluster: { server, "certificate-authority-data": authority } }] });

describe("the kubeconfig of a simulated cluster", () => {
  it("leads to the control plane, however one signs in", async () => {
    const { apiServer } = await onControlPlane(own);
    expect(await locate(kubeconfig(`https://${apiServer.host}`, apiServer.certificateAuthority), own)).toBe(own);
    expect(await locate(own, own)).toBe(own);
  });

  it.each([
    ["leads elsewhere", kubeconfig("https://example.org", "QVVUSE9SSVRZ"), 'its server is "https://example.org"'],
    ["has no scheme", kubeconfig("kubernetes.rehearsal.invalid", "QVVUSE9SSVRZ"), "its server is"],
    [
      "trusts another authority",
      kubeconfig("https://kubernetes.rehearsal.invalid", "b3RoZXI="),
      "it trusts another authority",
    ],
    ["names no cluster", "{}", "its server is undefined"],
    ["is not YAML", "{", "it is not YAML"],
  ])("is refused where it %s", async (_, given, problem) => {
    await expect(locate(given, own)).rejects.toThrow(problem);
  });
});
