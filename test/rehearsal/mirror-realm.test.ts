import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { FaultProxy } from "../kit/fault-proxy.ts";
import { MirrorHome, type MirrorRun } from "../kit/mirror.ts";
import { openTunnel, type Tunnel } from "../kit/tunnel.ts";

/** Names of the world outside, which only tunnels reach. */
const NAME = "registry.example.com";
const SIGN_IN = "auth.example.com";
const SECRET = Buffer.from("someone:very secret").toString("base64");
/** Every server here answers by itself. */
const NOWHERE = "http://127.0.0.1:1";

let home: MirrorHome;
/** The registry, and the place to sign in at that has TLS and a name. */
let outside: FaultProxy;
/** What listens where credentials must not go: without TLS, and at an address of this network. */
let plain: FaultProxy;
let inside: FaultProxy;
const tunnels: Tunnel[] = [];

const tunnelTo = async ({ host }: FaultProxy): Promise<string> => {
  const tunnel = await openTunnel(Number(host.split(":")[1]));
  tunnels.push(tunnel);
  return `http://${tunnel.host}`;
};

beforeAll(async () => {
  home = await MirrorHome.open();
  const authority = await createAuthority("site");
  const subject = { commonName: NAME, dnsNames: [NAME, SIGN_IN], ipAddresses: ["127.0.0.1"] };
  const pair = await authority.issue(subject);
  outside = await FaultProxy.before(NOWHERE, pair);
  inside = await FaultProxy.before(NOWHERE, pair);
  plain = await FaultProxy.before(NOWHERE);
  home = home.with({ HTTPS_PROXY: await tunnelTo(outside), HTTP_PROXY: await tunnelTo(plain) });
  await mkdir(home.path(".docker"));
  await writeFile(home.path(".docker", "config.json"), JSON.stringify({ auths: { [NAME]: { auth: SECRET } } }));
  await writeFile(home.path("ca.pem"), authority.certificate);
  await writeFile(home.path("images.txt"), `${NAME}/app:v1`);
});
beforeEach(() => {
  for (const server of [plain, inside]) {
    server.use(() => ({ kind: "answer", status: 200, body: JSON.stringify({ token: "taken" }) }));
  }
});
afterAll(async () => {
  await Promise.all(tunnels.map((tunnel) => tunnel.close()));
  await Promise.all([outside, inside, plain].map((server) => server.close()));
  await home.close();
});

/** Pulls from the registry, which wants a token from `realm`; at its own place to sign in this is answered. */
async function pullBy(
  realm: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<MirrorRun> {
  outside.use(({ path }) =>
    path.startsWith("/token")
      ? { kind: "answer", status, headers, body: JSON.stringify({ token: "given" }) }
      : { kind: "answer", status: 401, headers: { "www-authenticate": `Bearer realm="${realm}",service="here"` } },
  );
  const args = ["-o", home.path("images"), "--images", home.path("images.txt"), "--ca", home.path("ca.pem")];
  return home.run("pull", ...args);
}

/** Paths of the requests to all servers that showed the secret. */
const shown = () =>
  [outside, inside, plain]
    .flatMap(({ seen }) => seen)
    .filter(({ headers }) => headers.authorization === `Basic ${SECRET}`)
    .map(({ path }) => path);

describe("a registry that wants a token", () => {
  it("has the credentials sent to where it says, over TLS and by a name", async () => {
    const pulled = await pullBy(`https://${SIGN_IN}/token`, 200);
    expect(pulled.code).toBe(5);
    expect(shown()).toEqual(expect.arrayContaining([expect.stringMatching(/^\/token\?service=here&scope=/)]));
    expect(outside.seen.map(({ headers }) => headers.authorization)).toContain("Bearer given");
  });

  it.each<[string, () => string, string]>([
    ["without TLS", () => `http://${SIGN_IN}/token`, "which has no TLS"],
    ["at an address of this network", () => `https://${inside.host}/token`, "which is an address of this network"],
    ["at an address without TLS", () => `${plain.origin}/token`, "which has no TLS"],
  ])("has none sent to a place %s", async (_where, realm, why) => {
    const pulled = await pullBy(realm(), 200);
    expect(pulled.code).toBe(6);
    expect(pulled.stderr).toContain(`${NAME} sends this client to ${realm()}, ${why}`);
    expect([...plain.seen, ...inside.seen]).toEqual([]);
    expect(shown()).toEqual([]);
    expect(pulled.stdout + pulled.stderr).not.toMatch(/very secret|c29tZW9uZTp2ZXJ5/);
  });

  it("has none carried on by a place to sign in at that redirects", async () => {
    const pulled = await pullBy(`https://${SIGN_IN}/token`, 307, { location: `https://${inside.host}/token` });
    expect(pulled.code).toBe(6);
    expect([...plain.seen, ...inside.seen]).toEqual([]);
    expect(shown().every((path) => path.startsWith("/token?"))).toBe(true);
  });
});
