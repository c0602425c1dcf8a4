import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { obtain } from "../../toolchain/index.ts";
import { type MadeImage, makeImage, makeIndex, noise, seed } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const base = noise("base", 2_000_000);
const images: Readonly<Record<string, MadeImage>> = {
  "team/single:v1": makeImage([base, noise("single", 1_000_000)]),
  "multi:v2": makeIndex([makeImage([base]), makeImage([noise("arm64", 500_000)], { architecture: "arm64" })]),
};

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;
let tools: Readonly<Record<"crane" | "regctl", string>>;
let list: string;

beforeAll(async () => {
  tools = await obtain(["crane", "regctl"]);
  [home, source, site] = await Promise.all([MirrorHome.open(), startRegistry(), startRegistry()]);
  for (const [name, image] of Object.entries(images)) await seed(source.origin, ...split(name), image);
  list = home.path("images.txt");
  await writeFile(list, Object.keys(images).map(inSource).join("\n"));
  await tool("regctl", "registry", "set", "--tls", "disabled", source.host);
  await tool("regctl", "registry", "set", "--tls", "disabled", site.host);
  await ours("pull", "-o", home.path("layout"), "--images", list);
});
afterAll(() => Promise.all([home.close(), source.stop(), site.stop()]));

const inSource = (name: string) => `${source.host}/${name}`;
const names = Object.keys(images);

function split(name: string): [repository: string, tag: string] {
  const [repository = "", tag = ""] = name.split(":");
  return [repository, tag];
}

async function tool(name: "crane" | "regctl", ...args: readonly string[]): Promise<string> {
  const { stdout } = await execa(tools[name], args, { env: home.env, extendEnv: false, cwd: home.folder });
  return stdout;
}

async function ours(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await home.run(...args);
  expect(code, stderr).toBe(0);
}

/** Where an image is below a path of the site, as the program looks for it. */
const inSite = (folder: string, name: string) => `${site.host}/${folder}/${source.host.replace(":", "-")}/${name}`;

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

  it("a registry that crane and regctl filled", async () => {
    for (const name of names) {
      await tool("crane", "copy", inSource(name), `${site.host}/by-crane/${name}`);
      await tool("regctl", "image", "copy", inSource(name), `${site.host}/by-regctl/${name}`);
    }
    const filled = names.flatMap((name) => [`${site.host}/by-crane/${name}`, `${site.host}/by-regctl/${name}`]);
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
