import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../rehearsal/control-plane/client.ts";
import type { KeeperRecord } from "../../rehearsal/control-plane/directory.ts";
import { isAlive } from "../../rehearsal/control-plane/identity.ts";
import { type Binaries, COMPONENTS, start } from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { recordOf, refuses, until } from "../kit/control-plane.ts";
import { RehearsalHome } from "../kit/rehearsal.ts";

let home: RehearsalHome;
let binaries: Binaries;

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
  binaries = await obtain([...COMPONENTS]);
});
afterAll(() => home.close());

describe("binaries that do not do what they should", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "binaries-"));
  });
  afterEach(async () => {
    expect(await home.rehearsals()).toEqual([]);
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function script(name: string, body: string): Promise<string> {
    const file = path.join(directory, name);
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it("one that is missing is named before anything starts", async () => {
    const missing = { ...binaries, kwok: path.join(directory, "kwok") };
    await expect(start({ name: "missing", binaries: missing })).rejects.toThrow(
      /kwok cannot be run: .*kwok is not there or not executable\n {2}Next: npm run toolchain/,
    );
  });

  it("one that fails is named with the end of its log", async () => {
    const failing = { ...binaries, "kube-apiserver": await script("failing", "echo the disk is on fire >&2; exit 3") };
    await expect(start({ name: "failing", binaries: failing })).rejects.toThrow(
      /kube-apiserver did not come up \(exit code 3\)\n {2}The end of its log:\n {4}the disk is on fire\n {2}Next: read the whole log: .*failing-kube-apiserver\.log/,
    );
  });

  it("ports that are all in use end in the API server's own words", async () => {
    const unlucky = await script("taken", 'echo "listen tcp 127.0.0.1:443: bind: address already in use"; exit 1');
    await expect(start({ name: "taken", binaries: { ...binaries, "kube-apiserver": unlucky } })).rejects.toThrow(
      /^kube-apiserver did not come up \(exit code 1\)\n {2}The end of its log:\n( {4}listen tcp 127\.0\.0\.1:443: bind: address already in use\n){3} {2}Next: read the whole log: .*taken-kube-apiserver\.log$/,
    );
  });

  it("a port that somebody takes meanwhile is replaced by another", async () => {
    const tried = path.join(directory, "tried");
    const body = `if [ ! -e ${tried} ]; then : > ${tried}; echo "listen tcp: bind: address already in use"; exit 1; fi
exec ${binaries["kube-apiserver"]} "$@"`;
    const unlucky = { ...binaries, "kube-apiserver": await script("unlucky", body) };
    const controlPlane = await start({ name: "unlucky", binaries: unlucky });
    expect(controlPlane.version).toBe("1.34.4");
    await controlPlane.stop();
  });
});

describe("a fault plan", () => {
  it("restarts the API server, and the stand-ins go on", async () => {
    const controlPlane = await start({
      name: "faulty",
      binaries,
      faults: { restartApiServer: { at: { seconds: 1 } } },
    });
    const before = await recordOf("faulty");
    const pid = ({ components }: KeeperRecord) =>
      components.find(({ component }) => component === "kube-apiserver")?.pid;
    await until(async () => pid(await recordOf("faulty")) !== pid(before), "the API server was replaced");
    const client = await Client.open(controlPlane.kubeconfig);
    const service = { metadata: { name: "later" }, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } };
    await until(
      async () => !(await refuses(client.create("/api/v1/namespaces/default/services", service))),
      "it served",
    );
    await until(async () => {
      const found = await client.find<{ status: { loadBalancer: object } }>(
        "/api/v1/namespaces/default/services/later",
      );
      return found !== undefined && Object.keys(found.status.loadBalancer).length > 0;
    }, "a stand-in saw it");
    await client.close();
    const record = await recordOf("faulty");
    await controlPlane.stop();
    expect(await isAlive(record.keeper)).toBe(false);
  });
});
