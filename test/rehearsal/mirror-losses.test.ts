import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeImage, makeIndex, noise, seed, sha256 } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const layer = noise("layer", 50_000);
const child = makeImage([noise("other", 1000)], { architecture: "arm64" });
const index = makeIndex([makeImage([layer]), child]);

let home: MirrorHome;
let source: RunningRegistry;
let site: RunningRegistry;

beforeAll(async () => {
  [home, source] = await Promise.all([MirrorHome.open(), startRegistry()]);
  await seed(source.origin, "app", "v1", index);
  await writeFile(home.path("images.txt"), `${source.host}/app:v1`);
  const pulled = await home.run("pull", "-o", home.path("images"), "--images", home.path("images.txt"));
  expect(pulled.code, pulled.stderr).toBe(0);
});
beforeEach(async () => {
  site = await startRegistry({ storage: home.path("site") });
  await push();
});
afterAll(() => Promise.all([home.close(), source.stop()]));

const push = (...more: readonly string[]) =>
  home.run("push", home.path("images"), "--to", `${site.host}/site`, "--json", ...more);
const verify = () => home.run("verify", `${site.host}/site`, "--layout", home.path("images"), "--deep");

/** Removes a file below the folder of the image's repository, and starts the registry anew: it remembers what it had. */
async function lose(...place: readonly string[]): Promise<void> {
  await site.stop();
  const repositories = home.path("site", "docker", "registry", "v2", "repositories", "site");
  await rm(path.join(repositories, source.host.replace(":", "-"), "app", ...place), { recursive: true });
  site = await startRegistry({ storage: home.path("site") });
}

describe("a registry that has lost", () => {
  it.each([
    ["a blob of an image", ["_layers", "sha256", sha256(layer).slice(7)], layer.length],
    ["the image of a platform", ["_manifests", "revisions", "sha256", child.digest.slice(7)], 0],
  ])("%s is found out, and gets it back from a push that looks deeply", async (_what, place, bytes) => {
    await lose(...place);
    const found = await verify();
    expect(found.code).toBe(4);
    expect(found.stderr).toMatch(/E_MISSING .*\n {2}Next: npm run mirror -- push <folder> --to \S+\/site --deep/);
    // The tag says that all is well.
    expect((await push()).json()).toMatchObject({ ok: true, bytes: 0 });
    expect((await verify()).code).toBe(4);
    const again = await push("--deep");
    expect(again.json(), again.stderr).toMatchObject({ ok: true, images: 1, bytes });
    const whole = await verify();
    expect(whole.code, whole.stderr).toBe(0);
    await site.stop();
  });
});
