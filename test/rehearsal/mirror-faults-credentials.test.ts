import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FaultProxy, type Rule } from "../kit/fault-proxy.ts";
import { blobPath, FaultyRegistry } from "../kit/faulty-registry.ts";

let faulty: FaultyRegistry;
beforeAll(async () => {
  faulty = await FaultyRegistry.open();
});
afterEach(() => faulty.clear());
afterAll(() => faulty.close());

describe("a registry that wants tokens", () => {
  let served = 0;
  /** A token is good for so many requests, the next one, which is given at the door, for twice as many. */
  const tokens = (requests: number): Rule => {
    let left = requests;
    let ended = 0;
    return ({ path: asked, headers }) => {
      if (asked.startsWith("/token?")) {
        served += 1;
        return { kind: "answer", status: 200, body: JSON.stringify({ token: `t${served}`, expires_in: 3600 }) };
      }
      const token = Number(/^Bearer t(\d+)$/.exec(headers.authorization ?? "")?.[1] ?? 0);
      if (token > ended && left-- > 0) return undefined;
      if (token > ended) {
        ended = token;
        left = requests *= 2;
      }
      const challenge = `Bearer realm="${faulty.proxy.origin}/token",service="here",scope="repository:app:pull"`;
      return { kind: "answer", status: 401, headers: { "www-authenticate": challenge } };
    };
  };

  it("gets a new one where the old one ends in the middle of a pull", async () => {
    served = 0;
    await faulty.expectWhole(await faulty.pulled(tokens(1)));
    expect(served).toBeGreaterThan(1);
  });

  it("gets a new one where it ends in the middle of a push", async () => {
    served = 0;
    const outcome = await faulty.pushed(tokens(2), "with-tokens");
    expect(outcome.failures).toEqual([]);
    expect(served).toBeGreaterThan(2);
  });
});

describe("a long push", () => {
  it("goes on with the part at which its token ended, and sends none twice", async () => {
    let given = 0;
    let ended = 0;
    const taken: (string | undefined)[] = [];
    const locations = new Map<string, URL>();
    const challenge = `Bearer realm="${faulty.proxy.origin}/token",service="here",scope="repository:app:pull,push"`;
    const outcome = await faulty.pushed(
      ({ method, path: asked, headers }) => {
        if (asked.startsWith("/token?"))
          return { kind: "answer", status: 200, body: JSON.stringify({ token: `t${++given}`, expires_in: 3600 }) };
        const range = headers["content-range"];
        // Every token that there is ends once, in the middle of the blob.
        if (method === "PATCH" && ended === 0 && range?.startsWith("1500000-") === true) ended = given;
        if (Number(headers.authorization?.slice("Bearer t".length) ?? 0) <= ended)
          return { kind: "answer", status: 401, headers: { "www-authenticate": challenge } };
        if (method === "PATCH") taken.push(range);
        return undefined;
      },
      "long-push",
      { uploads: { anew: 1_000_000, single: 1_000_000, chunk: 1_500_000 } },
      (_place, { digest }) => ({
        load: () => Promise.resolve(locations.get(digest)),
        save: (location) => Promise.resolve(void locations.set(digest, location)),
        clear: () => Promise.resolve(void locations.delete(digest)),
      }),
    );
    expect(outcome.failures).toEqual([]);
    expect(ended).toBeGreaterThan(0);
    expect(taken).toEqual(["0-1499999", "1500000-2999999", "3000000-4499999"]);
    const seen = faulty.proxy.seen.map(({ method, path: asked }) => `${method} ${asked}`);
    // What the registry has is asked for before anything is sent again.
    expect(seen.filter((one) => /^GET .*\/uploads\//.test(one))).not.toEqual([]);
  });
});

describe("a server that sends on", () => {
  it("gets no credentials, even where it may get the request", async () => {
    const storage = await FaultProxy.before(faulty.registry.origin);
    storage.use(() => undefined);
    const config = path.join(faulty.folder, "docker");
    const secret = Buffer.from("someone:very secret").toString("base64");
    await mkdir(config);
    await writeFile(
      path.join(config, "config.json"),
      JSON.stringify({ auths: { [faulty.proxy.host]: { auth: secret } } }),
    );
    const said: string[] = [];
    const outcome = await faulty.pulled(
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
    expect(faulty.proxy.seen.some(({ headers }) => headers.authorization === `Basic ${secret}`)).toBe(true);
    expect(storage.seen.length).toBeGreaterThan(0);
    expect(storage.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(said.join("\n")).not.toMatch(/s3cret|very secret/);
    await storage.close();
  });
});
