import { rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { FaultProxy } from "../kit/fault-proxy.ts";
import { makeImage, noise, seed } from "../kit/images.ts";
import { Meter } from "../kit/meter.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const MIB = 1024 * 1024;
/** Beyond what is sent in one request. */
const LARGE = 600 * MIB;
const STREAMS = 4;
const PART = 12 * MIB;
/** Bytes that an interruption may cost a stream. */
const LOST = 2 * MIB;
/** Bytes of memory that no verb needs more than. */
const MEMORY = 160e6;

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;
let proxy: FaultProxy;
let list: string;

beforeAll(async () => {
  [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
  await seed(source.origin, "large", "v1", makeImage([noise("large", LARGE)]));
  const parts = Array.from({ length: STREAMS }, (_, index) => noise(`part ${index}`, PART));
  await seed(source.origin, "parts", "v1", makeImage(parts));
  proxy = await FaultProxy.before(source.origin);
  list = home.path("large.txt");
  await writeFile(list, `${source.host}/large:v1`);
});
afterAll(async () => {
  await proxy.close();
  await Promise.all([home.close(), source.stop(), site.stop()]);
});

describe("a layer of 600 MiB", () => {
  it.each<[verb: string, () => string[]]>([
    ["pull", () => ["pull", "-o", home.path("images"), "--images", list]],
    ["verify", () => ["verify", home.path("images"), "--images", list, "--deep"]],
    ["export", () => ["export", home.path("images"), "-o", home.path("stick")]],
    ["import", () => ["import", home.path("stick", "kubeflow-images.tar"), "-o", home.path("arrived")]],
    ["push", () => ["push", home.path("arrived"), "--to", `${site.host}/site`]],
    ["verify of the registry", () => ["verify", `${site.host}/site`, "--layout", home.path("arrived"), "--deep"]],
  ])("takes %s no more memory than any other", async (_verb, args) => {
    const { code, stderr, peakBytes } = await home.runWatched(...args());
    expect(code, stderr).toBe(0);
    expect(peakBytes).toBeGreaterThan(30e6);
    expect(peakBytes, `${Math.round(peakBytes / 1e6)} MB`).toBeLessThanOrEqual(MEMORY);
  });

  it("takes pull and push no more memory over TLS", async () => {
    const authority = await createAuthority("site");
    const issued = await authority.issue({ commonName: "registry", ipAddresses: ["127.0.0.1"] });
    const tls = { certificate: home.path("tls.crt"), key: home.path("tls.key") };
    const ca = home.path("ca.crt");
    await Promise.all([
      writeFile(tls.certificate, issued.certificate),
      writeFile(tls.key, issued.key),
      writeFile(ca, authority.certificate),
    ]);
    const secure = await startRegistry({ tls });
    const to = `${secure.host}/site`;
    const pushed = await home.runWatched("push", home.path("arrived"), "--to", to, "--ca", ca);
    const again = home.path("large-over-tls.txt");
    await writeFile(again, `${to}/${source.host.replace(":", "-")}/large:v1`);
    const pulled = await home.runWatched("pull", "-o", home.path("over-tls"), "--images", again, "--ca", ca);
    await secure.stop();
    for (const [verb, { code, stderr, peakBytes }] of Object.entries({ push: pushed, pull: pulled })) {
      expect(code, stderr).toBe(0);
      expect(peakBytes, `${verb} over TLS: ${Math.round(peakBytes / 1e6)} MB`).toBeLessThanOrEqual(MEMORY);
    }
  });

  it("went to the registry in chunks, so that none is lost where the line breaks", async () => {
    expect((await site.requests()).filter((line) => line.includes('"PATCH ')).length).toBeGreaterThanOrEqual(9);
  });
});

describe("a push of it that is killed in the middle", () => {
  it("sends again at most 2 MiB, within a chunk as between two", async () => {
    const line = await Meter.before(site.host);
    const args = ["push", home.path("images"), "--to", `${line.host}/killed`];
    let kills = 0;
    for (const share of [0.15, 0.5, 0.8, 0.95]) {
      const run = home.start(...args);
      while (line.sent < share * LARGE && run.child.exitCode === null) await sleep(2);
      run.child.kill("SIGKILL");
      if ((await run.ended).code === 137) kills += 1;
      await line.isQuiet();
    }
    expect(kills).toBe(4);
    const last = await home.run(...args);
    expect(last.code, last.stderr).toBe(0);
    await line.close();
    expect(line.sent - LARGE).toBeLessThanOrEqual(kills * LOST);
  });
});

describe("a pull that is under way", () => {
  it("has its folder to itself", async () => {
    proxy.use(({ path }) => (path.includes("/blobs/") ? { kind: "slow", bytesPerSecond: 20e6 } : undefined));
    const parts = home.path("parts.txt");
    await writeFile(parts, `${proxy.host}/parts:v1`);
    const args = ["pull", "-o", home.path("alone"), "--images", parts];
    const first = home.start(...args);
    while (proxy.bodyBytes === 0 && first.child.exitCode === null) await sleep(2);
    const second = await home.run(...args);
    expect(second.code).toBe(7);
    expect(second.stderr).toContain(`is being written by process ${first.child.pid}`);
    expect((await first.ended).code).toBe(0);
  });
});

describe("a pull that is killed in the middle", () => {
  it("fetches again at most 2 MiB of each stream", async () => {
    proxy.use(({ path }) => (path.includes("/blobs/") ? { kind: "slow", bytesPerSecond: 6e6 } : undefined));
    const parts = home.path("parts.txt");
    await writeFile(parts, `${proxy.host}/parts:v1`);
    const args = ["pull", "-o", home.path("parts"), "--images", parts];
    let kills = 0;
    for (const share of [0.2, 0.5, 0.8]) {
      const run = home.start(...args);
      while (proxy.bodyBytes < share * STREAMS * PART && run.child.exitCode === null) await sleep(2);
      run.child.kill("SIGKILL");
      if ((await run.ended).code === 137) kills += 1;
    }
    expect(kills).toBe(3);
    const last = await home.run(...args);
    expect(last.code, last.stderr).toBe(0);
    const again = proxy.bodyBytes - STREAMS * PART;
    expect(again).toBeLessThanOrEqual(kills * STREAMS * LOST);
    await rm(home.path("parts"), { recursive: true });
  });
});
