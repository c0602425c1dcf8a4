import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configurationOf } from "../../components/registry/distribution/configuration.ts";
import { registrySecretsFrom } from "../../components/registry/distribution/secrets.ts";
import { Agent, fetch } from "undici";
import { type Authority, createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { ROBOT } from "../kit/distribution.ts";
import { makeImage, noise, seed } from "../kit/images.ts";
import { MirrorHome, type MirrorRun } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

let home: MirrorHome;
let authority: Authority;
let open: RunningRegistry;
let frozen: RunningRegistry;
let agent: Agent;

/** Distribution itself with the configuration, certificate and accounts that its pod would have, on other paths. */
async function start(storage: string, { readOnly }: { readonly readOnly: boolean }): Promise<RunningRegistry> {
  const pair = await authority.issue({ commonName: "registry", ipAddresses: ["127.0.0.1"] });
  const tls = { certificate: home.path("tls.crt"), key: home.path("tls.key") };
  await writeFile(tls.certificate, pair.certificate);
  await writeFile(tls.key, pair.key);
  return startRegistry({
    storage: home.path(storage),
    tls,
    accounts: registrySecretsFrom("a-stack-secret-of-more-than-32-characters", ROBOT).accounts,
    configuration: ({ host, ...places }) => configurationOf({ ...places, ...tls, listen: host, readOnly }),
  });
}

beforeAll(async () => {
  [home, authority] = await Promise.all([MirrorHome.open(), createAuthority("site")]);
  await writeFile(home.path("ca.pem"), authority.certificate);
  agent = new Agent({ connect: { ca: authority.certificate } });
  const upstream = await startRegistry();
  await seed(upstream.origin, "app", "v1", makeImage([noise("a layer", 200_000)]));
  await writeFile(home.path("upstream.txt"), `${upstream.host}/app:v1`);
  const pulled = await home.run("pull", "-o", home.path("images"), "--images", home.path("upstream.txt"));
  expect(pulled.code, pulled.stderr).toBe(0);
  await upstream.stop();
  open = await start("storage", { readOnly: false });
  frozen = await start("frozen", { readOnly: true });
});
afterAll(async () => {
  await agent.close();
  await Promise.all([open.stop(), frozen.stop()]);
  await home.close();
});

function signedIn(registry: RunningRegistry, password: string, ...args: readonly string[]): Promise<MirrorRun> {
  const credentials = ["--creds-stdin", registry.host, "--ca", home.path("ca.pem")];
  return home.with({}, `${ROBOT.username}:${password}`).run(...args, ...credentials);
}

const push = (registry: RunningRegistry, password = ROBOT.password) =>
  signedIn(registry, password, "push", home.path("images"), "--to", `${registry.host}/kubeflow`);
const verify = (password = ROBOT.password) =>
  signedIn(open, password, "verify", `${open.host}/kubeflow`, "--layout", home.path("images"), "--deep");

async function status(registry: RunningRegistry, path: string): Promise<number> {
  const response = await fetch(`${registry.origin}${path}`, { dispatcher: agent });
  await response.body?.cancel();
  return response.status;
}

describe("distribution with the configuration of the program", () => {
  it("answers probes, and nobody else without a sign-in", async () => {
    expect([await status(open, "/"), await status(open, "/v2/"), await status(open, "/v2/_catalog")]).toEqual([
      200, 401, 401,
    ]);
  });

  it("takes an image from who signs in, and gives it back whole", async () => {
    expect((await push(open, "wrong")).code).toBe(5);
    const pushed = await push(open);
    expect(pushed.code, pushed.stderr).toBe(0);
    expect((await verify("wrong")).code).toBe(5);
    const verified = await verify();
    expect(verified.code, verified.stderr).toBe(0);
  });

  it("takes nothing once it is read-only, and answers probes", async () => {
    const refused = await push(frozen);
    expect(`${refused.code} ${refused.stderr}`).toMatch(/405/);
    expect(await status(frozen, "/")).toBe(200);
  });
});
