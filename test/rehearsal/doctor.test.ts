import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineRegistry } from "../../components/mirror/bundle/carried.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import { makeImage, noise, seed } from "../kit/images.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

let registry: RunningRegistry;
let registries: Registries;
beforeAll(async () => {
  registry = await startRegistry();
  registries = new Registries();
  await seed(registry.origin, "kubeflow/docker.io/site/a", "1", makeImage([noise("a", 1000)]));
});
afterAll(async () => {
  await registries.close();
  await registry.stop();
});

describe("the doctor, of the registry of a site,", () => {
  const examine = (...references: readonly string[]) =>
    examineRegistry(
      `${registry.host}/kubeflow`,
      registries,
      references.map((reference) => ({ reference })),
    );

  it("finds that every image is there", async () => {
    expect(await examine("docker.io/site/a:1")).toEqual({
      name: "images in the mirror",
      ok: true,
      detail: "all 1, whole",
    });
  });

  it("finds one that was not pushed, and says how it gets there", async () => {
    const finding = await examine("docker.io/site/a:1", "quay.io/site/b:2");
    expect(finding.ok).toBe(false);
    expect(finding.detail).toContain("1 of 2 missing or not whole: E_MISSING quay.io/site/b:2 is not in");
    expect(finding.next).toBe(`npm run mirror -- push <folder> --to ${registry.host}/kubeflow`);
  });
});
