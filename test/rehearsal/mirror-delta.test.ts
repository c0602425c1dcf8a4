import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeImage, noise, seed } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

let home: MirrorHome;
let source: RunningRegistry;

beforeAll(async () => {
  [home, source] = await Promise.all([MirrorHome.open(), startRegistry()]);
});
afterAll(() => Promise.all([home.close(), source.stop()]));

it("of a tag that was moved since it was locked what was locked is fetched", async () => {
  const [locked, moved] = [makeImage([noise("locked", 5000)]), makeImage([noise("moved", 6000)])];
  await seed(source.origin, "tagged", "v1", locked);
  await seed(source.origin, "tagged", "v1", moved);
  const image = { reference: `${source.host}/tagged:v1`, digest: locked.digest, origins: [] };
  await writeFile(home.path("tagged.json"), JSON.stringify({ version: 1, release: "1.8.1", images: [image] }));
  const ended = await home.run(
    "pull",
    "-o",
    home.path("tagged"),
    "--images",
    home.path("tagged.json"),
    "--json",
    "--limit-rate",
    "1MB",
  );
  expect(ended.code, ended.stderr).toBe(0);
  const { manifests } = JSON.parse(await readFile(home.path("tagged", "index.json"), "utf8")) as {
    manifests: { digest: string }[];
  };
  expect(manifests.map(({ digest }) => digest)).toEqual([locked.digest]);
});

it("of two images the one that the site does not have is fetched", async () => {
  const images = { old: makeImage([noise("old", 9000)]), new: makeImage([noise("new", 7000)]) };
  for (const [name, image] of Object.entries(images)) await seed(source.origin, name, "v1", image);
  const lockOf = (...names: (keyof typeof images)[]) =>
    JSON.stringify({
      version: 1,
      release: "1.8.1",
      images: names.map((name) => ({
        reference: `${source.host}/${name}:v1`,
        digest: images[name].digest,
        origins: [],
      })),
    });
  await writeFile(home.path("lock.json"), lockOf("old", "new"));
  await writeFile(home.path("have.json"), lockOf("old"));
  const delta = ["--images", home.path("lock.json"), "--have", home.path("have.json")];
  const ended = await home.run("pull", "-o", home.path("delta"), ...delta, "--json");
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.json()).toMatchObject({ ok: true, images: 1 });
  expect(ended.json<{ bytes: number }>().bytes).toBe(images.new.blobs.reduce((sum, { length }) => sum + length, 0));
  expect((await home.run("verify", home.path("delta"), "--deep")).code).toBe(0);
});
