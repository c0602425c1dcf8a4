import { cp, readFile, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defined } from "../../components/kit/defined.ts";
import { obtainFromDebian } from "../../toolchain/debian/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { type MadeImage, makeImage, makeIndex, noise, seed, sha256 } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const base = noise("base", 2_000_000);
const images: Readonly<Record<string, MadeImage>> = {
  "team/single:v1": makeImage([base, noise("single", 1_000_000)]),
  "multi:v2": makeIndex([makeImage([base]), makeImage([noise("arm64", 500_000)], { architecture: "arm64" })]),
};

type Tool = "crane" | "regctl" | "skopeo";

/** Debian's programs; where there is no apt, or it fetches nothing, what is asked of them is left out and the reason told. */
const debian = await obtainFromDebian(["skopeo", "docker-registry"]).catch((error: unknown) => {
  if (!/cannot be fetched from Debian|needs apt-get/.test(String(error))) throw error;
  process.stderr.write(`without skopeo and docker-registry: ${String(error)}\n`);
});

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;
/** Of a site that has not changed its registry for years: Debian's docker-registry. */
let old: RunningRegistry;
let tools: Readonly<Partial<Record<Tool, string>>>;
let list: string;

beforeAll(async () => {
  tools = { ...(await obtain(["crane", "regctl"])), ...debian };
  [home, source, site, old] = await Promise.all([
    MirrorHome.open(),
    startRegistry(),
    startRegistry(),
    startRegistry(defined({ program: debian?.["docker-registry"] })),
  ]);
  for (const [name, image] of Object.entries(images)) await seed(source.origin, ...split(name), image);
  list = home.path("images.txt");
  await writeFile(list, Object.keys(images).map(inSource).join("\n"));
  await tool("regctl", "registry", "set", "--tls", "disabled", source.host);
  await tool("regctl", "registry", "set", "--tls", "disabled", site.host);
  await ours("pull", "-o", home.path("layout"), "--images", list);
});
afterAll(() => Promise.all([home.close(), source.stop(), site.stop(), old.stop()]));

const inSource = (name: string) => `${source.host}/${name}`;
const names = Object.keys(images);

function split(name: string): [repository: string, tag: string] {
  const [repository = "", tag = ""] = name.split(":");
  return [repository, tag];
}

async function tool(name: Tool, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execa(tools[name] ?? name, args, { env: home.env, extendEnv: false, cwd: home.folder });
  return stdout;
}

async function ours(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await home.run(...args);
  expect(code, stderr).toBe(0);
}

/** Where an image is below a path of the site, as the program looks for it. */
const inSite = (folder: string, name: string, { host } = site) =>
  `${host}/${folder}/${source.host.replace(":", "-")}/${name}`;

/** skopeo copies all platforms, as they are. */
const skopeoCopy = (from: string, to: string) =>
  tool(
    "skopeo",
    "--insecure-policy",
    "copy",
    "--all",
    "--preserve-digests",
    "--src-tls-verify=false",
    "--dest-tls-verify=false",
    from,
    to,
  );

describe("what this mirror writes, others read:", () => {
  it("crane finds every image whole that was pushed", async () => {
    await ours("push", home.path("layout"), "--to", `${site.host}/ours`);
    for (const name of names) {
      expect(await tool("crane", "digest", inSite("ours", name))).toBe(images[name]?.digest);
      // It hashes every layer that it fetches.
      await tool("crane", "pull", "--format", "oci", inSite("ours", name), home.path("by-crane", name));
    }
  });

  it("regctl copies images from the layout", async () => {
    for (const name of names) {
      const to = `${site.host}/regctl/${name}`;
      await tool("regctl", "image", "copy", `ocidir://${home.path("layout")}@${images[name]?.digest}`, to);
      expect(await tool("regctl", "manifest", "head", to)).toBe(images[name]?.digest);
    }
  });

  it("regctl takes images from an exported archive", async () => {
    await ours("export", home.path("layout"), "-o", home.path("stick"));
    for (const name of names) {
      const to = `${site.host}/imported/${name}`;
      await tool("regctl", "image", "import", "--name", inSource(name), to, home.path("stick", "kubeflow-images.tar"));
      expect(await tool("regctl", "manifest", "head", to)).toBe(images[name]?.digest);
    }
  });

  it("tar unpacks an exported archive to the same layout", async () => {
    await ours("export", home.path("layout"), "-o", home.path("stick"));
    await execa("mkdir", ["-p", home.path("unpacked")]);
    await execa("tar", ["-xf", home.path("stick", "kubeflow-images.tar"), "-C", home.path("unpacked")]);
    await ours("verify", home.path("unpacked"), "--images", list, "--deep");
    const checked = await execa("sha256sum", ["-c", "kubeflow-images.sha256"], { cwd: home.path("stick") });
    expect(checked.stdout).toContain("kubeflow-images.tar: OK");
  });
});

describe("what others write, this mirror reads:", () => {
  it("a layout of crane", async () => {
    await tool("crane", "pull", "--format", "oci", "--annotate-ref", ...names.map(inSource), home.path("crane"));
    await ours("verify", home.path("crane"), "--images", list, "--deep");
    await ours("push", home.path("crane"), "--to", `${site.host}/of-crane`);
    for (const name of names)
      expect(await tool("crane", "digest", inSite("of-crane", name))).toBe(images[name]?.digest);
  });

  it("a layout whose names are only containerd's", async () => {
    const folder = home.path("containerd");
    await cp(home.path("layout"), folder, { recursive: true });
    const index = await readFile(`${folder}/index.json`, "utf8");
    const { manifests, ...rest } = JSON.parse(index) as { manifests: { annotations: Record<string, string> }[] };
    const exported = manifests.map(({ annotations, ...entry }) => {
      const name = annotations["io.containerd.image.name"] ?? "";
      // As ctr exports: the tag alone beside the full name.
      return {
        ...entry,
        annotations: { "io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.split(":").at(-1) },
      };
    });
    await writeFile(`${folder}/index.json`, JSON.stringify({ ...rest, manifests: exported }));
    const verified = await home.run("verify", folder, "--images", list, "--deep", "--json");
    expect(verified.json()).toMatchObject({ ok: true, images: names.length });
  });
});

describe.runIf(debian !== undefined)("programs of Debian:", () => {
  it("skopeo copies images from the layout by their names, which containerd imports them by as well", async () => {
    const { manifests } = JSON.parse(await readFile(home.path("layout", "index.json"), "utf8")) as {
      manifests: { annotations: Record<string, string> }[];
    };
    for (const name of names) {
      const to = `${site.host}/skopeo/${name}`;
      await skopeoCopy(`oci:${home.path("layout")}:${inSource(name)}`, `docker://${to}`);
      expect(await tool("crane", "digest", to)).toBe(images[name]?.digest);
      const named = manifests.filter(({ annotations }) => annotations["io.containerd.image.name"] === inSource(name));
      expect(named).toHaveLength(1);
    }
  });

  it("skopeo finds every image whole in a registry of years ago", async () => {
    await ours("push", home.path("layout"), "--to", `${old.host}/ours`);
    await ours("verify", `${old.host}/ours`, "--layout", home.path("layout"), "--deep");
    for (const name of names) {
      const there = `docker://${inSite("ours", name, old)}`;
      await skopeoCopy(there, `oci:${home.path("by-skopeo")}:${name}`);
      const manifest = await tool("skopeo", "inspect", "--raw", "--tls-verify=false", there);
      expect(sha256(manifest)).toBe(images[name]?.digest);
    }
  });

  it("garbage collection in a registry of years ago leaves every image whole", async () => {
    const setup = { ...defined({ program: debian?.["docker-registry"] }), storage: home.path("collected") };
    const filled = await startRegistry(setup);
    await ours("push", home.path("layout"), "--to", `${filled.host}/ours`);
    await filled.stop();
    const config = home.path("collected.yaml");
    await writeFile(
      config,
      JSON.stringify({ version: 0.1, storage: { filesystem: { rootdirectory: filled.storage } } }),
    );
    await execa(setup.program ?? "", ["garbage-collect", "--delete-untagged", config]);
    const collected = await startRegistry(setup);
    const there = await home.run("verify", `${collected.host}/ours`, "--layout", home.path("layout"), "--deep");
    await collected.stop();
    expect(there.code, there.stderr).toBe(0);
  });

  it("a layout of skopeo is read", async () => {
    for (const name of names)
      await skopeoCopy(`docker://${inSource(name)}`, `oci:${home.path("skopeo")}:${inSource(name)}`);
    await ours("verify", home.path("skopeo"), "--images", list, "--deep");
    await ours("push", home.path("skopeo"), "--to", `${site.host}/of-skopeo`);
    for (const name of names)
      expect(await tool("crane", "digest", inSite("of-skopeo", name))).toBe(images[name]?.digest);
  });

  it("registries that crane, regctl and skopeo filled are read, one of them of years ago", async () => {
    for (const name of names) {
      await skopeoCopy(`docker://${inSource(name)}`, `docker://${old.host}/by-skopeo/${name}`);
      await tool("crane", "copy", inSource(name), `${site.host}/by-crane/${name}`);
      await tool("regctl", "image", "copy", inSource(name), `${site.host}/by-regctl/${name}`);
    }
    const filled = names.flatMap((name) => [
      `${site.host}/by-crane/${name}`,
      `${site.host}/by-regctl/${name}`,
      `${old.host}/by-skopeo/${name}`,
    ]);
    await writeFile(home.path("filled.txt"), filled.join("\n"));
    await ours("pull", "-o", home.path("filled"), "--images", home.path("filled.txt"));
    const verified = await home.run(
      "verify",
      home.path("filled"),
      "--images",
      home.path("filled.txt"),
      "--deep",
      "--json",
    );
    expect(verified.json()).toMatchObject({ ok: true, images: filled.length });
  });
});
