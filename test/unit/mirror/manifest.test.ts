import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MirrorError } from "../../../components/mirror/errors.ts";
import { reach } from "../../../components/mirror/oci/graph.ts";
import { isDigest } from "../../../components/mirror/oci/digest.ts";
import { type Descriptor, parseManifest, referredBy } from "../../../components/mirror/oci/manifest.ts";
import { formatPlatform, isWanted, parsePlatforms } from "../../../components/mirror/oci/platform.ts";
import { type MadeImage, makeImage, makeIndex, noise, sha256 } from "../../kit/images.ts";

const digest = sha256("x");
const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: 1 };
const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: 1 };
const good = { schemaVersion: 2, config, layers: [layer] };
const parsed = (value: unknown, type?: string) => parseManifest(Buffer.from(JSON.stringify(value)), type, "app:v1");

describe("a manifest", () => {
  it.each<[string, unknown, string]>([
    ["of schema 1", { schemaVersion: 1, fsLayers: [] }, "Docker schema 1"],
    [
      "of schema 1 with a signature",
      { schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v1+prettyjws" },
      "Docker schema 1",
    ],
    ["that is none", "hello", "is not a manifest"],
    ["without layers", { schemaVersion: 2, config }, "neither layers nor manifests"],
    ["that is an index as well", { ...good, manifests: [] }, "an image and an index at once"],
    [
      "with a digest that climbs out",
      { ...good, layers: [{ ...layer, digest: "sha256:../../../../etc/passwd" }] },
      "is not sha256:",
    ],
    [
      "with another algorithm",
      { ...good, layers: [{ ...layer, digest: `sha512:${"ab".repeat(64)}` }] },
      "is not sha256:",
    ],
    ["with a negative size", { ...good, layers: [{ ...layer, size: -1 }] }, "layers.0.size"],
    ["with a size beyond all disks", { ...good, layers: [{ ...layer, size: 2 ** 50 }] }, "layers.0.size"],
    [
      "with a foreign layer",
      { ...good, layers: [{ ...layer, urls: ["http://elsewhere.example.com"] }] },
      "kept by a foreign server",
    ],
    ["of a version to come", { ...good, schemaVersion: 3 }, "schemaVersion 3"],
  ])("%s is refused", (_name, value, message) => {
    expect(() => parsed(value)).toThrow(message);
  });

  it("that is too large is refused unread", () => {
    expect(() => parseManifest(Buffer.alloc(4 * 1024 * 1024 + 1, 0x20), undefined, "app:v1")).toThrow("larger than");
  });

  it("is what it says it is, else what the registry says", () => {
    expect(parsed(good).mediaType).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(parsed(good, "application/vnd.docker.distribution.manifest.v2+json").mediaType).toContain("docker");
    expect(parsed({ schemaVersion: 2, manifests: [] }).kind).toBe("index");
  });
});

describe("whatever stands in the place of a manifest", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom(digest, "sha256:../../x", config.mediaType, "../../etc/passwd"));
  const descriptor = fc.record(
    { mediaType: text, digest: text, size: fc.integer(), urls: fc.array(text) },
    { requiredKeys: [] },
  );
  const anything = fc.oneof(
    fc.json().map((json) => JSON.parse(json) as unknown),
    descriptor,
    fc.constant(layer),
  );
  const manifest = fc.record(
    {
      schemaVersion: fc.oneof({ weight: 5, arbitrary: fc.constant(2) }, { weight: 1, arbitrary: fc.integer() }),
      mediaType: text,
      config: anything,
      layers: fc.array(anything, { maxLength: 3 }),
      manifests: fc.array(anything, { maxLength: 3 }),
      subject: anything,
    },
    { requiredKeys: ["schemaVersion"] },
  );

  it("is refused as such, or names nothing but digests", () => {
    fc.assert(
      fc.property(fc.oneof(manifest, fc.json()), (value) => {
        try {
          for (const one of referredBy(parsed(value))) {
            expect(isDigest(one.digest)).toBe(true);
            expect(one.size).toBeGreaterThanOrEqual(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(MirrorError);
        }
      }),
    );
  });
});

describe("what an image consists of", () => {
  const store = (...images: readonly MadeImage[]) => {
    const all = images.flatMap(function every(image): MadeImage[] {
      return [image, ...image.children.flatMap(every)];
    });
    const byDigest = new Map(all.map((image) => [image.digest, image.content]));
    return (wanted: Descriptor) => Promise.resolve(byDigest.get(wanted.digest) ?? Buffer.alloc(0));
  };
  const rootOf = ({ mediaType, digest: of, content }: MadeImage): Descriptor => ({
    mediaType,
    digest: of as Descriptor["digest"],
    size: content.length,
  });

  it("is listed children first, each once", async () => {
    const child = makeImage([noise("a", 10)]);
    const index = makeIndex([child, makeIndex([child, makeImage([noise("b", 10)])])]);
    const { manifests, blobs } = await reach(rootOf(index), store(index), "app");
    expect(manifests.map((one) => one.digest).at(-1)).toBe(index.digest);
    expect(new Set(manifests.map((one) => one.digest)).size).toBe(manifests.length);
    expect(manifests).toHaveLength(4);
    expect(blobs).toHaveLength(4);
  });

  it("does not nest without end", async () => {
    let nested = makeImage([noise("a", 10)]);
    for (let depth = 0; depth < 3; depth++) nested = makeIndex([nested]);
    await expect(reach(rootOf(nested), store(nested), "app")).rejects.toThrow("more than 3 deep");
  });

  it("is of the sizes that are listed", async () => {
    const image = makeImage([noise("a", 10)]);
    await expect(reach({ ...rootOf(image), size: 7 }, store(image), "app")).rejects.toThrow("listed are 7");
  });
});

describe("a platform", () => {
  it.each([
    ["linux/arm64", { os: "linux", architecture: "arm64", variant: "v8" }, true],
    ["linux/arm64/v8", { os: "linux", architecture: "arm64" }, true],
    ["linux/arm/v7", { os: "linux", architecture: "arm", variant: "v6" }, false],
    ["linux/amd64,linux/s390x", { os: "linux", architecture: "s390x" }, true],
    ["linux/amd64", { os: "windows", architecture: "amd64" }, false],
    ["all", { os: "windows", architecture: "amd64" }, true],
  ])("%s: %j is %s", (choice, platform, wanted) => {
    expect(isWanted(platform, parsePlatforms(choice))).toBe(wanted);
  });

  it.each(["amd64", "linux", "linux/amd64,", "Linux/amd64"])("%s is none", (text) => {
    expect(() => parsePlatforms(text)).toThrow(RangeError);
  });

  it("is written as it is read", () => {
    expect((parsePlatforms("linux/arm64/v8") as Parameters<typeof formatPlatform>[0][]).map(formatPlatform)).toEqual([
      "linux/arm64/v8",
    ]);
  });
});
