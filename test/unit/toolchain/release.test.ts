import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { pinOf, type Pin, type Release, type Tool } from "../../../toolchain/pins.ts";
import { fromReleases, publishedDigest } from "../../../toolchain/release.ts";
import { type Machine, newMachine } from "./machine.ts";

const BINARY = "#!/bin/sh\necho v1.34.4\n";
const digestOf = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** Serves on loopback while `use` runs. */
async function serving<T>(listener: RequestListener, use: (origin: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Serves fixed files; everything else is a 404. */
const files =
  (content: Readonly<Record<string, string | Buffer>>, requests: string[] = []): RequestListener =>
  (request, response) => {
    const url = request.url ?? "";
    requests.push(url);
    const body = content[url];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  };

const pinAt = (release: Release, tool: Tool = "kubectl"): Pin => ({
  ...pinOf(tool, "1.34", { os: "linux", arch: "amd64" }),
  release,
});
const kubectlAt = (origin: string) => pinAt({ url: `${origin}/kubectl`, checksums: `${origin}/kubectl.sha256` });

function contextOf(machine: Machine) {
  const context = machine.context();
  return { ...context, env: { ...context.env, KUBEFLOW_DOWNLOADS: "on" } };
}

describe("a download", () => {
  it("that matches the published checksum is used, and its checksum recorded", async () => {
    const machine = await newMachine();
    const content = { "/kubectl": BINARY, "/kubectl.sha256": digestOf(BINARY) };
    await serving(files(content), async (origin) => {
      const [found] = await fromReleases([kubectlAt(origin)], contextOf(machine));
      expect(found).toMatchObject({ version: "1.34.4", origin: "release", from: `${origin}/kubectl` });
      expect((await execa(found?.path ?? "")).stdout).toBe("v1.34.4");
      const record = path.join(path.dirname(found?.path ?? ""), "origin.json");
      expect(JSON.parse(await readFile(record, "utf8"))).toMatchObject({
        sha256: digestOf(BINARY),
        checksums: `${origin}/kubectl.sha256`,
      });
    });
  });

  it("of an archive yields the one binary", async () => {
    const machine = await newMachine();
    await machine.script("kubectl", "echo v1.34.4", await folderIn(machine, "packed/dist"));
    const archive = path.join(machine.folder, "dist.tar.gz");
    await create({ gzip: true, file: archive, cwd: path.join(machine.folder, "packed") }, ["dist"]);
    const content = await readFile(archive);
    const checksums = `${digestOf("other")}  other.tar.gz\n${digestOf(content)}  dist.tar.gz\n`;
    await serving(files({ "/dist.tar.gz": content, "/SHA256SUMS": checksums }), async (origin) => {
      const release = { url: `${origin}/dist.tar.gz`, checksums: `${origin}/SHA256SUMS`, member: "dist/kubectl" };
      const [found] = await fromReleases([pinAt(release)], contextOf(machine));
      expect((await execa(found?.path ?? "")).stdout).toBe("v1.34.4");
      expect((await readdir(path.dirname(found?.path ?? ""))).sort()).toEqual(["kubectl", "origin.json"]);
    });
  });

  it("that differs from the published checksum is refused by name", async () => {
    const machine = await newMachine();
    const content = { "/kubectl": "tampered", "/kubectl.sha256": digestOf(BINARY) };
    await serving(files(content), async (origin) => {
      await expect(fromReleases([kubectlAt(origin)], contextOf(machine))).rejects.toThrow(
        `kubectl 1.34.4 is refused: ${origin}/kubectl has SHA-256 ${digestOf("tampered")}, ` +
          `but ${origin}/kubectl.sha256 says ${digestOf(BINARY)}`,
      );
      expect(await machine.cached()).toEqual([]);
    });
  });

  it("that breaks off is left to the next source", async () => {
    const machine = await newMachine();
    const listener: RequestListener = (request, response) => {
      if (request.url === "/kubectl.sha256") return response.end(digestOf(BINARY));
      response.writeHead(200, { "content-length": BINARY.length });
      response.write(BINARY.slice(0, 5), () => response.destroy());
      return response;
    };
    await serving(listener, async (origin) => {
      const context = contextOf(machine);
      expect(await fromReleases([kubectlAt(origin)], context)).toEqual([]);
      expect(context.reasons[0]).toContain(`the download of ${origin}/kubectl broke off`);
      expect(await machine.cached()).toEqual([]);
    });
  });

  it("that is not there, or has no checksum, is left to the next source", async () => {
    const machine = await newMachine();
    const html = "<html>sign in</html>";
    await serving(
      files({ "/kubectl": BINARY, "/kubectl.sha256": html, "/b.sha256": digestOf("b") }),
      async (origin) => {
        const context = contextOf(machine);
        const absent = pinAt({ url: `${origin}/b`, checksums: `${origin}/b.sha256` });
        expect(await fromReleases([kubectlAt(origin), absent], context)).toEqual([]);
        expect(context.reasons).toEqual([
          `${origin}/kubectl.sha256 has no SHA-256 for kubectl`,
          `${origin}/b answers with HTTP status 404`,
        ]);
      },
    );
  });

  it("from a host that cannot be reached is tried once for all tools", async () => {
    const machine = await newMachine();
    const origin = await serving(files({}), (closed) => Promise.resolve(closed));
    const context = contextOf(machine);
    expect(await fromReleases([kubectlAt(origin)], context)).toEqual([]);
    expect(context.reasons).toEqual([`${new URL(origin).host} cannot be reached (ECONNREFUSED)`]);
    expect(machine.reports).toEqual(context.reasons);

    let attempts = 0;
    const hangUp: RequestListener = (request) => {
      attempts += 1;
      request.destroy();
    };
    await serving(hangUp, (host) => fromReleases([kubectlAt(host), kubectlAt(host)], contextOf(machine)));
    expect(attempts).toBe(1);
  });

  it("goes through the proxy of the environment", async () => {
    const machine = await newMachine();
    const seen: string[] = [];
    await serving(files({}, seen), async (proxy) => {
      const context = contextOf(machine);
      const env = { ...context.env, http_proxy: proxy };
      await fromReleases([kubectlAt("http://release.invalid")], { ...context, env });
      expect(seen).not.toEqual([]);
    });
  });

  it("is interrupted by the signal", async () => {
    const machine = await newMachine();
    const abort = new AbortController();
    const listener: RequestListener = () => abort.abort(new Error("enough"));
    await serving(listener, async (origin) => {
      const context = { ...contextOf(machine), signal: abort.signal };
      await expect(fromReleases([kubectlAt(origin)], context)).rejects.toThrow("enough");
    });
  });
});

describe("KUBEFLOW_DOWNLOADS", () => {
  it("off sends nothing", async () => {
    const machine = await newMachine();
    const seen: string[] = [];
    await serving(files({}, seen), async (origin) => {
      const context = machine.context();
      expect(await fromReleases([kubectlAt(origin)], context)).toEqual([]);
      expect(context.reasons).toEqual(["downloads are switched off (KUBEFLOW_DOWNLOADS=off)"]);
      expect(seen).toEqual([]);
    });
  });

  it("with any other value is refused", async () => {
    const machine = await newMachine();
    const context = { ...machine.context(), env: { KUBEFLOW_DOWNLOADS: "no" } };
    await expect(fromReleases([], context)).rejects.toThrow("KUBEFLOW_DOWNLOADS=no is neither on nor off");
  });
});

describe("publishedDigest", () => {
  const digest = "AB".repeat(32);

  it.each([
    ["a bare digest", digest],
    ["a bare digest with a newline", `${digest}\n`],
    ["text mode", `${"0".repeat(64)}  b\n${digest}  a\n`],
    ["binary mode", `${digest} *a`],
    ["a path", `${digest}  ./a\r\n`],
  ])("reads %s", (_, text) => {
    expect(publishedDigest(text, "a")).toBe(digest.toLowerCase());
  });

  it.each([
    ["another name", `${digest}  ab`],
    ["a short digest", `${digest.slice(1)}  a`],
    ["a page", "<html></html>"],
    ["nothing", ""],
  ])("finds none in %s", (_, text) => {
    expect(publishedDigest(text, "a")).toBeUndefined();
  });
});

async function folderIn(machine: Machine, name: string): Promise<string> {
  const folder = path.join(machine.folder, name);
  await mkdir(folder, { recursive: true });
  return folder;
}
