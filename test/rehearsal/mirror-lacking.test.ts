import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openVolume } from "../../components/mirror/archive/volumes.ts";
import { makeImage, noise, seed } from "../kit/images.ts";
import { MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

let home: MirrorHome;
let registry: RunningRegistry;

beforeAll(async () => {
  [home, registry] = await Promise.all([MirrorHome.open(), startRegistry()]);
  await seed(registry.origin, "app", "v1", makeImage([noise("app", 10_000)]));
});
afterAll(() => Promise.all([home.close(), registry.stop()]));

const pull = () => home.run("pull", "-o", home.path("layout"), "--images", home.path("list.txt"));
const write = (to: string) => home.run("export", home.path("layout"), "-o", home.path(to));
const volume = (of: string) => home.path(of, "kubeflow-images.tar");

it("an archive is never called complete after a pull that failed, until another brings what is lacking", async () => {
  const late = `${registry.host}/late:v1`;
  await writeFile(home.path("list.txt"), `${registry.host}/app:v1\n${late}\n`);
  expect((await pull()).code).toBe(8);

  const exported = await write("lacking");
  expect(exported.code).toBe(3);
  expect(exported.stderr).toContain("E_INCOMPLETE");
  expect(exported.stderr).toContain(late);
  expect((await openVolume(volume("lacking"))).manifest).toMatchObject({ complete: false, lacking: [late] });
  const imported = await home.run("import", volume("lacking"), "-o", home.path("site"));
  expect(imported.code, imported.stderr).toBe(0);
  expect(imported.stdout).toContain(late);
  expect((await home.run("export", home.path("site"), "-o", home.path("again"))).code).toBe(3);

  await seed(registry.origin, "late", "v1", makeImage([noise("late", 10_000)]));
  expect((await pull()).code).toBe(0);
  expect((await write("whole")).code).toBe(0);
  expect((await openVolume(volume("whole"))).manifest).toMatchObject({ complete: true, images: [{}, {}] });
});
