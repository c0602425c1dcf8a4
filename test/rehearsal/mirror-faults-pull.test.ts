import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { MirrorError } from "../../components/mirror/errors.ts";
import { Layout } from "../../components/mirror/layout/layout.ts";
import type { Outcome } from "../../components/mirror/transfer/pull.ts";
import type { Fault, Rule } from "../kit/fault-proxy.ts";
import { blobPath, FaultyRegistry, layer, SIZE } from "../kit/faulty-registry.ts";
import { noise, sha256 } from "../kit/images.ts";

let faulty: FaultyRegistry;
beforeAll(async () => {
  faulty = await FaultyRegistry.open();
});
afterEach(() => faulty.clear());
afterAll(() => faulty.close());

/** A fault for the first so many requests of the layer's bytes. */
const onLayer =
  (times: number, fault: Fault): Rule =>
  ({ method, path: asked, count }) =>
    method === "GET" && asked === blobPath && count <= times ? fault : undefined;

const blobFile = () => path.join(faulty.folder, "blobs", "sha256", sha256(layer).slice("sha256:".length));
const blobRequests = () =>
  faulty.proxy.seen.filter(({ method, path: asked }) => method === "GET" && asked === blobPath);

function codeOf(outcome: Outcome): string | undefined {
  const error = outcome.failures[0]?.error;
  return error instanceof MirrorError ? error.code : String(error);
}

describe("a pull goes on after", () => {
  it.each<[string, Rule]>([
    ["429 three times", onLayer(3, { kind: "answer", status: 429, headers: { "retry-after": "0" } })],
    ["503 three times", onLayer(3, { kind: "answer", status: 503 })],
    [
      "500 to the manifest",
      ({ path: asked, count }) =>
        asked.includes("/manifests/") && count < 3 ? { kind: "answer", status: 500 } : undefined,
    ],
    ["every connection but the last breaking in the middle", onLayer(4, { kind: "cut", after: 1_200_000 })],
    ["an answer that ends early", onLayer(1, { kind: "short", after: 2_000_000 })],
    ["an answer that says less than it has, and breaks off", onLayer(2, { kind: "cut", after: 0 })],
    ["one flipped bit", onLayer(1, { kind: "flip", at: 3_000_000 })],
    ["a server that stops sending", onLayer(1, { kind: "drip", after: 1_000_000, every: 10_000 })],
    ["a server that lets next to nothing through", onLayer(1, { kind: "drip", after: 1_000_000, every: 20 })],
  ])("%s", async (_name, rule) => {
    let faults = 0;
    const counted: Rule = (request) => {
      const fault = rule(request);
      if (fault !== undefined) faults += 1;
      return fault;
    };
    await faulty.expectWhole(await faulty.pulled(counted));
    expect(faults).toBeGreaterThan(0);
    expect(await readFile(blobFile())).toSatisfy((content: Buffer) => content.equals(layer));
  });

  it("a broken connection at the byte where it broke", async () => {
    await faulty.expectWhole(await faulty.pulled(onLayer(1, { kind: "cut", after: 2_000_000 })));
    const range = /^bytes=(\d+)-(\d+)$/.exec(blobRequests()[1]?.headers.range ?? "");
    expect(Number(range?.[1])).toBeGreaterThan(1_000_000);
    expect(Number(range?.[2])).toBe(SIZE - 1);
    expect(faulty.proxy.bodyBytes).toBeLessThan(SIZE + 1_500_000);
  });

  it("a server that ignores ranges, from the beginning", async () => {
    const rule: Rule = ({ path: asked, count }) => {
      if (asked !== blobPath) return undefined;
      return count === 1 ? { kind: "cut", after: 2_000_000 } : { kind: "ignoreRange" };
    };
    await faulty.expectWhole(await faulty.pulled(rule));
    expect(blobRequests()).toHaveLength(2);
  });

  it("a server that sends another range than it was asked for, from the beginning", async () => {
    const rule: Rule = ({ path: asked, count }) => {
      if (asked !== blobPath) return undefined;
      if (count === 1) return { kind: "cut", after: 2_000_000 };
      return count === 2 ? { kind: "wrongRange", contentRange: `bytes 0-${SIZE - 1}/${SIZE}` } : undefined;
    };
    await faulty.expectWhole(await faulty.pulled(rule));
    expect(blobRequests().map(({ headers }) => headers.range !== undefined)).toEqual([false, true, false]);
  });

  it("a kill, at the byte that was written", async () => {
    await Layout.openOrCreate(faulty.folder).then((layout) => layout.close());
    await writeFile(`${blobFile()}.partial`, layer.subarray(0, 4_000_000));
    await faulty.expectWhole(await faulty.pulled(() => undefined));
    expect(blobRequests().map(({ headers }) => headers.range)).toEqual([`bytes=4000000-${SIZE - 1}`]);
  });

  it("a kill that left something wrong, from the beginning", async () => {
    await Layout.openOrCreate(faulty.folder).then((layout) => layout.close());
    await writeFile(`${blobFile()}.partial`, noise("something else", 4_000_000));
    await faulty.expectWhole(await faulty.pulled(() => undefined));
    expect(blobRequests()).toHaveLength(2);
  });
});

describe("a pull ends with", () => {
  it.each<[string, string, Rule]>([
    ["E_DIGEST after wrong bytes twice", "E_DIGEST", onLayer(9, { kind: "flip", at: 77 })],
    [
      "E_RATE where a registry asks for more patience than there is",
      "E_RATE",
      onLayer(9, { kind: "answer", status: 429, headers: { "retry-after": "1800" } }),
    ],
    ["E_NETWORK after six tries", "E_NETWORK", onLayer(9, { kind: "answer", status: 503 })],
    [
      "E_GONE for 404",
      "E_GONE",
      ({ path: asked }) => (asked.includes("/manifests/") ? { kind: "answer", status: 404 } : undefined),
    ],
    [
      "E_GONE for 403 to everybody",
      "E_GONE",
      ({ path: asked }) =>
        asked.includes("/manifests/")
          ? { kind: "answer", status: 403, body: '{"errors":[{"code":"DENIED","message":"billing disabled"}]}' }
          : undefined,
    ],
    [
      "E_AUTH for a login that nobody has",
      "E_AUTH",
      () => ({ kind: "answer", status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }),
    ],
    ["E_NETWORK where every connection breaks at the same byte", "E_NETWORK", onLayer(99, { kind: "cut", after: 100 })],
    [
      "E_MANIFEST for schema 1",
      "E_MANIFEST",
      ({ method, path: asked }) =>
        asked.includes("/manifests/") && method === "GET"
          ? { kind: "answer", status: 200, body: '{"schemaVersion":1,"name":"app","fsLayers":[]}' }
          : asked.includes("/manifests/")
            ? {
                kind: "answer",
                status: 200,
                headers: { "docker-content-digest": sha256('{"schemaVersion":1,"name":"app","fsLayers":[]}') },
              }
            : undefined,
    ],
  ])("%s", async (_name, code, rule) => {
    expect(codeOf(await faulty.pulled(rule))).toBe(code);
  });

  it("the words of the registry and both digests, for wrong bytes", async () => {
    const outcome = await faulty.pulled(onLayer(9, { kind: "flip", at: 77 }));
    const message = String((outcome.failures[0]?.error as Error).message);
    expect(message).toContain(sha256(layer));
    expect(message).toContain(`wrong twice from ${faulty.proxy.host}`);
    expect(blobRequests()).toHaveLength(2);
  });
});
