import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PushOptions } from "../../components/mirror/transfer/push.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { verifyRegistry } from "../../components/mirror/verify/registry.ts";
import type { Fault, Rule, SeenRequest } from "../kit/fault-proxy.ts";
import { FaultyRegistry, image, layer, quick } from "../kit/faulty-registry.ts";
import { sha256 } from "../kit/images.ts";

let faulty: FaultyRegistry;
beforeAll(async () => {
  faulty = await FaultyRegistry.open();
});
afterEach(() => faulty.clear());
afterAll(() => faulty.close());

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
    const outcome = await faulty.pushed(rule, repository);
    expect(outcome.failures).toEqual([]);
    faulty.proxy.use(() => undefined);
    const registries = new Registries(quick);
    const options = { deep: true, concurrency: 2, report: () => undefined };
    const wanted = [{ reference: `${faulty.proxy.host}/app:v1`, digest: image.digest as `sha256:${string}` }];
    const verified = await verifyRegistry(`${faulty.proxy.host}/${repository}`, registries, wanted, options);
    await registries.close();
    expect(verified.failures).toEqual([]);
  });

  it("nothing is sent twice to a registry that has it", async () => {
    const outcome = await faulty.pushed(() => undefined, "twice");
    expect(outcome.failures).toEqual([]);
    const again = await faulty.pushed(() => undefined, "twice");
    expect(again.bytes).toBe(0);
    expect(faulty.proxy.seen.filter(({ method }) => method !== "HEAD" && method !== "GET")).toEqual([]);
  });
});

describe("a blob that is sent in chunks", () => {
  const uploads = { anew: 500_000, single: 1_000_000, chunk: 1_500_000 };
  const patches = () =>
    faulty.proxy.seen.filter(({ method }) => method === "PATCH").map(({ headers }) => headers["content-range"]);
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
    const outcome = await faulty.pushed(rule, repository, { uploads });
    expect(outcome.failures).toEqual([]);
    expect(patches().length).toBeGreaterThanOrEqual(3);
    if (name.includes("not sent again")) expect(new Set(patches()).size).toBe(patches().length);
    const there = await fetch(
      `${faulty.registry.origin}/v2/${repository}/${faulty.proxy.host.replace(":", "-")}/app/blobs/${sha256(layer)}`,
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
    await expect(faulty.pushed(kill, "killed", { uploads, signal: dead.signal }, journal)).rejects.toThrow();
    expect([...locations.keys()]).toEqual([sha256(layer)]);
    const outcome = await faulty.pushed(() => undefined, "killed", { uploads }, journal);
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
