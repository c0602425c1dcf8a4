import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MirrorError } from "../../components/mirror/errors.ts";
import { Layout } from "../../components/mirror/layout/layout.ts";
import { type Outcome, pull } from "../../components/mirror/pull.ts";
import { push, type PushOptions } from "../../components/mirror/push.ts";
import { Registries, type RegistryOptions } from "../../components/mirror/registry/index.ts";
import { verifyContent } from "../../components/mirror/verify/content.ts";
import { verifyRegistry } from "../../components/mirror/verify/registry.ts";
import { type Fault, FaultProxy, type Rule, type SeenRequest } from "../kit/fault-proxy.ts";
import { makeImage, noise, seed, sha256 } from "../kit/images.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const SIZE = 6_000_000;
const layer = noise("a layer", SIZE);
const image = makeImage([layer]);
const blobPath = `/v2/app/blobs/${sha256(layer)}`;

let registry: RunningRegistry;
let proxy: FaultProxy;
let folder: string;

beforeAll(async () => {
  registry = await startRegistry();
  await seed(registry.origin, "app", "v1", image);
  proxy = await FaultProxy.before(registry.origin);
});
afterAll(async () => {
  await proxy.close();
  await registry.stop();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "mirror-faults-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As in life, but nobody waits. */
const quick: RegistryOptions = {
  retries: { base: 1, cap: 5 },
  timeouts: { connect: 1000, headers: 1000, idle: 400 },
  env: {},
};

async function pulled(rule: Rule, options: Partial<RegistryOptions> = {}): Promise<Outcome> {
  proxy.use(rule);
  const registries = new Registries({ ...quick, ...options });
  const layout = await Layout.openOrCreate(folder);
  try {
    const wanted = [{ reference: `${proxy.host}/app:v1` }];
    return await pull({ wanted, layout, registries, platforms: "all", concurrency: 4, report: () => undefined });
  } finally {
    await Promise.all([registries.close(), layout.close()]);
  }
}

async function pushed(
  rule: Rule,
  to: string,
  options: Partial<RegistryOptions> = {},
  journal?: PushOptions["journal"],
): Promise<Outcome> {
  await pulled(() => undefined);
  proxy.use(rule);
  const registries = new Registries({ ...quick, ...options });
  const content = await Layout.open(folder);
  try {
    return await push({
      content,
      to: `${proxy.host}/${to}`,
      registries,
      concurrency: 4,
      ...(journal && { journal }),
      ...(options.signal && { signal: options.signal }),
      report: () => undefined,
    });
  } finally {
    await Promise.all([registries.close(), content.close()]);
  }
}

/** A fault for the first so many requests of the layer's bytes. */
const onLayer =
  (times: number, fault: Fault): Rule =>
  ({ method, path: asked, count }) =>
    method === "GET" && asked === blobPath && count <= times ? fault : undefined;

const blobFile = () => path.join(folder, "blobs", "sha256", sha256(layer).slice("sha256:".length));
const blobRequests = () => proxy.seen.filter(({ method, path: asked }) => method === "GET" && asked === blobPath);

async function expectWhole(outcome: Outcome): Promise<void> {
  expect(outcome.failures).toEqual([]);
  const layout = await Layout.open(folder);
  const options = { deep: true, concurrency: 2, report: () => undefined };
  expect((await verifyContent(layout, [], options)).failures).toEqual([]);
  await layout.close();
  expect((await readdir(path.join(folder, "blobs", "sha256"))).filter((name) => name.includes("."))).toEqual([]);
}

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
    await expectWhole(await pulled(counted));
    expect(faults).toBeGreaterThan(0);
    expect(await readFile(blobFile())).toSatisfy((content: Buffer) => content.equals(layer));
  });

  it("a broken connection at the byte where it broke", async () => {
    await expectWhole(await pulled(onLayer(1, { kind: "cut", after: 2_000_000 })));
    const range = /^bytes=(\d+)-(\d+)$/.exec(blobRequests()[1]?.headers.range ?? "");
    expect(Number(range?.[1])).toBeGreaterThan(1_000_000);
    expect(Number(range?.[2])).toBe(SIZE - 1);
    expect(proxy.bodyBytes).toBeLessThan(SIZE + 1_500_000);
  });

  it("a server that ignores ranges, from the beginning", async () => {
    const rule: Rule = ({ path: asked, count }) => {
      if (asked !== blobPath) return undefined;
      return count === 1 ? { kind: "cut", after: 2_000_000 } : { kind: "ignoreRange" };
    };
    await expectWhole(await pulled(rule));
    expect(blobRequests()).toHaveLength(2);
  });

  it("a server that sends another range than it was asked for, from the beginning", async () => {
    const rule: Rule = ({ path: asked, count }) => {
      if (asked !== blobPath) return undefined;
      if (count === 1) return { kind: "cut", after: 2_000_000 };
      return count === 2 ? { kind: "wrongRange", contentRange: `bytes 0-${SIZE - 1}/${SIZE}` } : undefined;
    };
    await expectWhole(await pulled(rule));
    expect(blobRequests().map(({ headers }) => headers.range !== undefined)).toEqual([false, true, false]);
  });

  it("a kill, at the byte that was written", async () => {
    await Layout.openOrCreate(folder).then((layout) => layout.close());
    await writeFile(`${blobFile()}.partial`, layer.subarray(0, 4_000_000));
    await expectWhole(await pulled(() => undefined));
    expect(blobRequests().map(({ headers }) => headers.range)).toEqual([`bytes=4000000-${SIZE - 1}`]);
  });

  it("a kill that left something wrong, from the beginning", async () => {
    await Layout.openOrCreate(folder).then((layout) => layout.close());
    await writeFile(`${blobFile()}.partial`, noise("something else", 4_000_000));
    await expectWhole(await pulled(() => undefined));
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
    expect(codeOf(await pulled(rule))).toBe(code);
  });

  it("the words of the registry and both digests, for wrong bytes", async () => {
    const outcome = await pulled(onLayer(9, { kind: "flip", at: 77 }));
    const message = String((outcome.failures[0]?.error as Error).message);
    expect(message).toContain(sha256(layer));
    expect(message).toContain(`wrong twice from ${proxy.host}`);
    expect(blobRequests()).toHaveLength(2);
  });
});

describe("a push goes on after", () => {
  const isUpload = (method: string, asked: string) => method === "PUT" && asked.includes("/blobs/uploads/");
  it.each<[string, Rule]>([
    [
      "429",
      ({ method, count }) =>
        method === "POST" && count === 1 ? { kind: "answer", status: 429, headers: { "retry-after": "0" } } : undefined,
    ],
    [
      "a connection that breaks while bytes are sent",
      once(({ method, path: asked }) => isUpload(method, asked), { kind: "cutRequest", after: 2_000_000 }),
    ],
    [
      "an answer to an upload that is lost",
      once(({ method, path: asked }) => isUpload(method, asked), { kind: "loseAnswer" }),
    ],
    [
      "an answer to a manifest that is lost",
      once(({ method, path: asked }) => method === "PUT" && asked.includes("/manifests/"), { kind: "loseAnswer" }),
    ],
    [
      "503 to a manifest",
      once(({ method, path: asked }) => method === "PUT" && asked.includes("/manifests/"), {
        kind: "answer",
        status: 503,
      }),
    ],
  ])("%s", async (name, rule) => {
    const repository = `pushed-${name.replaceAll(" ", "-").toLowerCase()}`;
    const outcome = await pushed(rule, repository);
    expect(outcome.failures).toEqual([]);
    proxy.use(() => undefined);
    const registries = new Registries(quick);
    const options = { deep: true, concurrency: 2, report: () => undefined };
    const wanted = [{ reference: `${proxy.host}/app:v1`, digest: image.digest as `sha256:${string}` }];
    const verified = await verifyRegistry(`${proxy.host}/${repository}`, registries, wanted, options);
    await registries.close();
    expect(verified.failures).toEqual([]);
  });

  it("nothing is sent twice to a registry that has it", async () => {
    const outcome = await pushed(() => undefined, "twice");
    expect(outcome.failures).toEqual([]);
    const again = await pushed(() => undefined, "twice");
    expect(again.bytes).toBe(0);
    expect(proxy.seen.filter(({ method }) => method !== "HEAD" && method !== "GET")).toEqual([]);
  });
});

describe("a blob that is sent in chunks", () => {
  const uploads = { single: 1_000_000, chunk: 1_500_000 };
  const patches = () =>
    proxy.seen.filter(({ method }) => method === "PATCH").map(({ headers }) => headers["content-range"]);
  const isPatch = (number: number) => {
    let count = 0;
    return ({ method }: SeenRequest) => method === "PATCH" && ++count === number;
  };

  it.each<[string, Rule]>([
    ["without trouble", () => undefined],
    ["after a connection that broke within one", once(isPatch(2), { kind: "cutRequest", after: 700_000 })],
    ["after an answer to one that was lost, which is not sent again", once(isPatch(2), { kind: "loseAnswer" })],
    ["after 503 to one", once(isPatch(3), { kind: "answer", status: 503 })],
    ["after a session that the registry lost", once(isPatch(2), { kind: "answer", status: 404 })],
    [
      "after an answer to the last part that was lost",
      once(({ method, path: asked }) => method === "PUT" && asked.includes("uploads"), { kind: "loseAnswer" }),
    ],
  ])("arrives %s", async (name, rule) => {
    const repository = `chunks-${name.replaceAll(/[^a-z]+/g, "-")}`;
    const outcome = await pushed(rule, repository, { uploads });
    expect(outcome.failures).toEqual([]);
    expect(patches().length).toBeGreaterThanOrEqual(3);
    if (name.includes("not sent again")) expect(new Set(patches()).size).toBe(patches().length);
    const there = await fetch(
      `${registry.origin}/v2/${repository}/${proxy.host.replace(":", "-")}/app/blobs/${sha256(layer)}`,
    );
    expect(Buffer.from(await there.arrayBuffer()).equals(layer)).toBe(true);
  });

  it("is continued by a later run where a killed one stood", async () => {
    const locations = new Map<string, URL>();
    const journal: PushOptions["journal"] = (_place, { digest }) => ({
      load: () => Promise.resolve(locations.get(digest)),
      save: (location) => Promise.resolve(void locations.set(digest, location)),
      clear: () => Promise.resolve(void locations.delete(digest)),
    });
    const dead = new AbortController();
    const kill: Rule = ({ method, headers }) => {
      if (method === "PATCH" && headers["content-range"]?.startsWith("1500000-") === true) dead.abort();
      return undefined;
    };
    await expect(pushed(kill, "killed", { uploads, signal: dead.signal }, journal)).rejects.toThrow();
    expect([...locations.keys()]).toEqual([sha256(layer)]);
    const outcome = await pushed(() => undefined, "killed", { uploads }, journal);
    expect(outcome.failures).toEqual([]);
    // At whichever byte of the chunk that the kill cut off.
    expect(Number.parseInt(patches()[0] ?? "0", 10)).toBeGreaterThanOrEqual(uploads.chunk);
    expect(locations.size).toBe(0);
  });
});

/** A fault for the first request that is meant. */
function once(isMeant: (request: SeenRequest) => boolean, fault: Fault): Rule {
  let isOver = false;
  return (request) => {
    if (isOver || !isMeant(request)) return undefined;
    isOver = true;
    return fault;
  };
}

describe("a registry that wants tokens", () => {
  let served = 0;
  /** A token is good for so many requests; the next one is given at the door. */
  const tokens =
    (requests: number): Rule =>
    ({ path: asked, headers }) => {
      if (asked.startsWith("/token?")) {
        served += 1;
        return { kind: "answer", status: 200, body: JSON.stringify({ token: `t${served}`, expires_in: 3600 }) };
      }
      const left = headers.authorization === `Bearer t${served}` ? requests-- : 0;
      if (left > 0) return undefined;
      requests = requests <= 0 ? 3 : requests;
      const challenge = `Bearer realm="${proxy.origin}/token",service="here",scope="repository:app:pull"`;
      return { kind: "answer", status: 401, headers: { "www-authenticate": challenge } };
    };

  it("gets a new one where the old one ends in the middle of a pull", async () => {
    served = 0;
    await expectWhole(await pulled(tokens(1)));
    expect(served).toBeGreaterThan(1);
  });

  it("gets a new one where it ends in the middle of a push", async () => {
    served = 0;
    const outcome = await pushed(tokens(2), "with-tokens");
    expect(outcome.failures).toEqual([]);
    expect(served).toBeGreaterThan(1);
  });
});

describe("a server that sends on", () => {
  it("gets no credentials, even where it may get the request", async () => {
    const storage = await FaultProxy.before(registry.origin);
    storage.use(() => undefined);
    const config = path.join(folder, "docker");
    const secret = Buffer.from("someone:very secret").toString("base64");
    await mkdir(config);
    await writeFile(path.join(config, "config.json"), JSON.stringify({ auths: { [proxy.host]: { auth: secret } } }));
    const said: string[] = [];
    const outcome = await pulled(
      ({ path: asked, headers }) => {
        if (headers.authorization === undefined)
          return { kind: "answer", status: 401, headers: { "www-authenticate": 'Basic realm="here"' } };
        return asked === blobPath
          ? { kind: "answer", status: 307, headers: { location: `${storage.origin}${blobPath}?signature=s3cret` } }
          : undefined;
      },
      { env: { DOCKER_CONFIG: config }, report: (line) => said.push(line) },
    );
    expect(outcome.failures).toEqual([]);
    expect(proxy.seen.some(({ headers }) => headers.authorization === `Basic ${secret}`)).toBe(true);
    expect(storage.seen.length).toBeGreaterThan(0);
    expect(storage.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(said.join("\n")).not.toMatch(/s3cret|very secret/);
    await storage.close();
  });
});
