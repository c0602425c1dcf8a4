import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkDetour,
  checkRealm,
  describe as described,
  isInternal,
  isLoopback,
} from "../../../components/mirror/registry/address.ts";
import { parseChallenges } from "../../../components/mirror/registry/challenge.ts";
import { credentialFiles, storedCredentials } from "../../../components/mirror/registry/credentials.ts";

describe("what a registry asks for", () => {
  it.each([
    [
      'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull,push"',
      [
        {
          scheme: "bearer",
          parameters: {
            realm: "https://auth.example.com/token",
            service: "registry.example.com",
            scope: "repository:a/b:pull,push",
          },
        },
      ],
    ],
    ["Basic realm=registry", [{ scheme: "basic", parameters: { realm: "registry" } }]],
    [
      'Negotiate, Basic realm="a \\"quoted\\" one", Bearer realm="https://x/"',
      [
        { scheme: "negotiate", parameters: {} },
        { scheme: "basic", parameters: { realm: 'a "quoted" one' } },
        { scheme: "bearer", parameters: { realm: "https://x/" } },
      ],
    ],
    ["", []],
    ["=nonsense", []],
  ])("%s", (header, challenges) => {
    expect(parseChallenges(header)).toEqual(challenges);
  });
});

describe("a place to sign in at", () => {
  const registry = new URL("https://registry.example.com/v2/");
  it.each([
    "http://auth.example.com/token",
    "https://10.1.2.3/token",
    "https://169.254.169.254/token",
    "https://[::1]/token",
    "https://localhost/token",
    "file:///etc/passwd",
  ])("%s is refused", (realm) => {
    expect(() => checkRealm(registry, new URL(realm))).toThrow("E_REFUSED");
  });

  it("of the same network is taken where the registry is of it too", () => {
    expect(() => checkRealm(new URL("https://10.0.0.5/v2/"), new URL("https://10.0.0.6/token"))).not.toThrow();
    expect(() => checkRealm(registry, new URL("https://auth.example.com/token"))).not.toThrow();
  });

  it("is told without what must stay secret", () => {
    expect(described(new URL("https://user:pw@cdn.example.com/blob?signature=s3cret#x"))).toBe(
      "https://cdn.example.com/blob",
    );
  });
});

it("a redirect may lead to storage of this network, never from TLS to plain HTTP", () => {
  expect(() => checkDetour(new URL("https://registry.example.com/"), new URL("https://10.0.0.1/bucket"))).not.toThrow();
  expect(() => checkDetour(new URL("https://registry.example.com/"), new URL("http://cdn.example.com/"))).toThrow(
    "has no TLS",
  );
});

it.each([
  ["127.0.0.1:5000", true, true],
  ["localhost:5000", true, true],
  ["[::1]:5000", true, true],
  ["10.0.0.1:443", false, true],
  ["registry.example.com", false, false],
  ["127.0.0.1.example.com", false, false],
])("%s: this machine %s, this network %s", (host, loopback, internal) => {
  expect([isLoopback(host), isInternal(host)]).toEqual([loopback, internal]);
});

describe("credentials", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), "mirror-credentials-"));
    env = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` };
    await mkdir(path.join(home, ".docker"));
    await mkdir(path.join(home, "bin"));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const docker = (content: object | string) =>
    writeFile(
      path.join(home, ".docker", "config.json"),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  const auth = (text: string) => Buffer.from(text).toString("base64");
  const helper = async (name: string, script: string) => {
    const file = path.join(home, "bin", `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  };

  it("are looked for where docker and containers keep them", () => {
    expect(
      credentialFiles({
        HOME: "/h",
        XDG_RUNTIME_DIR: "/run/user/1",
        REGISTRY_AUTH_FILE: "/a.json",
        DOCKER_CONFIG: "/d",
      }),
    ).toEqual(["/a.json", "/run/user/1/containers/auth.json", "/h/.config/containers/auth.json", "/d/config.json"]);
  });

  it("are those of the repository before those of its folder and its registry", async () => {
    await docker({
      auths: {
        "r.example.com": { auth: auth("a:1") },
        "r.example.com/team": { auth: auth("b:2:3") },
        "r.example.com/team/app": { identitytoken: "t" },
      },
    });
    const find = storedCredentials(env);
    expect(await find("r.example.com", "other/app")).toEqual({ kind: "password", username: "a", password: "1" });
    expect(await find("r.example.com", "team/other")).toEqual({ kind: "password", username: "b", password: "2:3" });
    expect(await find("r.example.com", "team/app")).toEqual({ kind: "identityToken", token: "t" });
    expect(await find("elsewhere.example.com", "team/app")).toBeUndefined();
  });

  it.each(["https://index.docker.io/v1/", "docker.io", "https://registry-1.docker.io/v2/"])(
    "of Docker Hub stand under %s",
    async (key) => {
      await docker({ auths: { [key]: { auth: auth("hub:pw") } } });
      expect(await storedCredentials(env)("docker.io", "library/busybox")).toMatchObject({ username: "hub" });
    },
  );

  it("come from helpers, which are asked once", async () => {
    await helper(
      "vault",
      `echo asked >>${home}/log; read server; printf '{"Username":"u","Secret":"of %s"}' "$server"`,
    );
    await docker({ credHelpers: { "r.example.com": "vault" } });
    const find = storedCredentials(env);
    expect(await find("r.example.com", "app")).toEqual({
      kind: "password",
      username: "u",
      password: "of r.example.com",
    });
    await find("r.example.com", "other");
    expect((await readFile(`${home}/log`, "utf8")).trim()).toBe("asked");
  });

  it("come from a store, whose token is one", async () => {
    await helper("store", `printf '{"Username":"<token>","Secret":"refresh"}'`);
    await docker({ credsStore: "store" });
    expect(await storedCredentials(env)("docker.io", "library/x")).toEqual({ kind: "identityToken", token: "refresh" });
  });

  it("that a helper does not know are none; one that fails is told of without its words", async () => {
    await helper("store", "echo 'credentials not found in native keychain'; exit 1");
    await docker({ credsStore: "store" });
    expect(await storedCredentials(env)("r.example.com", "app")).toBeUndefined();
    await helper("broken", "echo 'my password is hunter2' >&2; exit 3");
    await docker({ credHelpers: { "r.example.com": "broken" } });
    const failure = await storedCredentials(env)("r.example.com", "app").catch((error: Error) => error.message);
    expect(failure).toContain("docker-credential-broken gives no credentials for r.example.com: it ended with 3");
    expect(failure).not.toContain("hunter2");
    await docker({ credHelpers: { "r.example.com": "missing" } });
    await expect(storedCredentials(env)("r.example.com", "app")).rejects.toThrow("it is not installed");
    await docker({ credHelpers: { "r.example.com": "../../bin/sh" } });
    await expect(storedCredentials(env)("r.example.com", "app")).rejects.toThrow("that is no name of a helper");
  });

  it("in a file that is damaged are told of without its content", async () => {
    await docker("{ s3cret");
    const failure = await storedCredentials(env)("r.example.com", "app").catch((error: Error) => error.message);
    expect(failure).toContain(".docker/config.json is not a file of registry credentials");
    expect(failure).not.toContain("s3cret");
  });
});
