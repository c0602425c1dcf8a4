import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportBundle } from "../../../components/mirror/archive/export.ts";
import { importBundle } from "../../../components/mirror/archive/import.ts";
import { END, header, paddingOf, readHeader } from "../../../components/mirror/archive/tar.ts";
import { MirrorError } from "../../../components/mirror/errors.ts";
import { Layout } from "../../../components/mirror/layout/layout.ts";
import { type Digest, digestOf } from "../../../components/mirror/oci/digest.ts";
import { makeImage, noise, sha256 } from "../../kit/images.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "mirror-tar-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const layer = noise("layer", 300_000);
const image = makeImage([layer]);
const reference = "registry.example.com/app:v1";

/** A layout with one image, exported as one archive. */
async function bundle(): Promise<{ readonly file: string; readonly digest: Digest }> {
  const content = await Layout.openOrCreate(path.join(folder, "layout"));
  for (const blob of [...image.blobs, image.content]) await writeFile(content.blobFile(sha256(blob)), blob);
  await content.list(reference, {
    mediaType: image.mediaType,
    digest: sha256(image.content),
    size: image.content.length,
  });
  const exported = await exportBundle({
    content,
    folder: path.join(folder, "stick"),
    name: "b",
    report: () => undefined,
  });
  await content.close();
  return { file: exported.volumes[0] ?? "", digest: exported.bundle };
}

/** Imports and returns the error; undefined where it is taken in. */
async function refusal(file: string, expected?: Digest): Promise<MirrorError | undefined> {
  const layout = await Layout.openOrCreate(path.join(folder, "arrived"));
  try {
    await importBundle({ volumes: [file], layout, ...(expected && { expected }), report: () => undefined });
    return undefined;
  } catch (error) {
    if (error instanceof MirrorError) return error;
    throw error;
  } finally {
    await layout.close();
  }
}

/** Everything below a folder, as paths. */
async function everything(of: string): Promise<string[]> {
  return (await readdir(of, { recursive: true })).sort();
}

/** A header with one field written over, its checksum put right. */
function forged(name: string, size: number, changes: readonly (readonly [offset: number, text: string])[]): Buffer {
  const block = header({ name: "x", size });
  block.fill(0, 0, 100);
  block.write(name, 0);
  for (const [offset, text] of changes) block.write(text, offset);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function file(name: string, content: Buffer, changes: readonly (readonly [number, string])[] = []): Buffer {
  return Buffer.concat([forged(name, content.length, changes), content, Buffer.alloc(paddingOf(content.length))]);
}

const TYPE = 156;
const LINK = 157;
const hex = "ab".repeat(32);

/** Put between the fixed files and the blobs of an archive that is right otherwise. */
const HOSTILE: readonly (readonly [string, Buffer])[] = [
  ["a path that climbs out", file("../../etc/cron.d/evil", Buffer.from("x"))],
  ["a path that climbs out of the blobs", file(`blobs/sha256/../../../${hex}`, Buffer.from("x"))],
  ["an absolute path", file("/etc/passwd", Buffer.from("x"))],
  [
    "a symbolic link",
    file(`blobs/sha256/${hex}`, Buffer.alloc(0), [
      [TYPE, "2"],
      [LINK, "/etc/passwd"],
    ]),
  ],
  [
    "a hard link",
    file(`blobs/sha256/${hex}`, Buffer.alloc(0), [
      [TYPE, "1"],
      [LINK, "/etc/passwd"],
    ]),
  ],
  ["a character device", file(`blobs/sha256/${hex}`, Buffer.alloc(0), [[TYPE, "3"]])],
  ["a pipe", file(`blobs/sha256/${hex}`, Buffer.alloc(0), [[TYPE, "6"]])],
  ["an extended header", file("PaxHeaders/x", Buffer.from("30 path=../../../etc/passwd\n"), [[TYPE, "x"]])],
  ["a long name of GNU", file("././@LongLink", Buffer.from("../../etc/passwd"), [[TYPE, "L"]])],
  ["a prefix", file("passwd", Buffer.from("x"), [[345, "/etc"]])],
  ["a file twice", file("index.json", Buffer.from("{}"))],
  ["a blob that nothing lists", file(`blobs/sha256/${hex}`, Buffer.from("x"))],
  ["a blob of another size", file(`blobs/sha256/${sha256(layer).slice(7)}`, Buffer.from("x"))],
  ["a huge size", forged(`blobs/sha256/${hex}`, 0, [[124, "\u00ff\u00ff"]])],
  ["a size that is no number", forged(`blobs/sha256/${hex}`, 0, [[124, "0000000009z"]])],
  ["a hidden name", file(`blobs/sha256/${hex}\n`, Buffer.from("x"))],
  ["a name in capitals", file(`blobs/sha256/${hex.toUpperCase()}`, Buffer.from("x"))],
  ["a part that is still to come", file(`blobs/sha256/${sha256(layer).slice(7)}.at200000`, noise("x", 1000))],
];

describe("an archive with", () => {
  it.each(HOSTILE)("%s is refused, and leaves nothing behind", async (_name, entry) => {
    const { file: archive } = await bundle();
    const content = await readFile(archive);
    const blobs = content.indexOf("blobs/sha256/");
    await writeFile(archive, Buffer.concat([content.subarray(0, blobs), entry, content.subarray(blobs)]));
    const before = (await everything(folder)).filter((name) => !name.startsWith("arrived"));
    const error = await refusal(archive);
    expect(error?.exitCode, error?.message).toBe(4);
    expect((await everything(folder)).filter((name) => !name.startsWith("arrived"))).toEqual(before);
    const arrived = await everything(path.join(folder, "arrived"));
    expect(
      arrived.filter(
        (name) => !/^(?:blobs(?:\/sha256(?:\/[0-9a-f]{64}(?:\.partial)?)?)?|index\.json|oci-layout)$/.test(name),
      ),
    ).toEqual([]);
    expect(JSON.parse(await readFile(path.join(folder, "arrived", "index.json"), "utf8"))).toMatchObject({
      manifests: [],
    });
  });

  it("nothing wrong is taken in", async () => {
    const { file: archive, digest } = await bundle();
    expect(await refusal(archive, digest)).toBeUndefined();
    expect(await readFile(path.join(folder, "arrived", "blobs", "sha256", sha256(layer).slice(7)))).toSatisfy(
      (found: Buffer) => found.equals(layer),
    );
  });
});

describe("an archive that was", () => {
  it.each([0.2, 0.5, 0.999])("cut off at %d of it is refused", async (share) => {
    const { file: archive } = await bundle();
    await truncate(archive, Math.floor((await stat(archive)).size * share));
    const error = await refusal(archive);
    expect(error?.code).toBe("E_BUNDLE");
    expect(error?.message).toContain("cut off");
  });

  it("changed in one bit of a layer is refused, with the layer's name", async () => {
    const { file: archive } = await bundle();
    const content = await readFile(archive);
    const at = content.indexOf(layer.subarray(1000, 1064));
    content[at] = (content[at] ?? 0) ^ 1;
    await writeFile(archive, content);
    const error = await refusal(archive);
    expect(error?.code).toBe("E_DIGEST");
    expect(error?.message).toContain(sha256(layer).slice(0, 19));
    expect((await everything(path.join(folder, "arrived"))).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("changed in its index is refused", async () => {
    const { file: archive } = await bundle();
    const content = await readFile(archive, "latin1");
    await writeFile(archive, content.replace("registry.example.com/app:v1", "registry.example.com/bad:v1"), "latin1");
    expect((await refusal(archive))?.code).toBe("E_BUNDLE");
  });

  it("swapped for another that is right in itself is refused by what export told", async () => {
    const { file: archive } = await bundle();
    const error = await refusal(archive, digestOf("another bundle"));
    expect(error?.code).toBe("E_BUNDLE");
    expect(error?.message).toContain("expected is");
  });

  it("continued after its end is refused", async () => {
    const { file: archive } = await bundle();
    await writeFile(archive, Buffer.concat([await readFile(archive), noise("more", 512)]));
    expect((await refusal(archive))?.message).toContain("something follows its end");
  });
});

describe("a layout whose blob is a link", () => {
  it("is not written through", async () => {
    const { file: archive } = await bundle();
    const blobs = path.join(folder, "arrived", "blobs", "sha256");
    await mkdir(blobs, { recursive: true });
    const victim = path.join(folder, "victim");
    await writeFile(victim, "");
    await symlink(victim, path.join(blobs, `${sha256(layer).slice(7)}.partial`));
    await refusal(archive).catch(() => undefined);
    expect((await stat(victim)).size).toBe(0);
  });
});

describe("a header", () => {
  it.each([0, 1, 511, 512, 8 ** 11 - 1, 8 ** 11, 2 ** 44])("keeps a size of %d", (size) => {
    expect(readHeader(header({ name: "blobs/x", size }), "here")).toEqual({ name: "blobs/x", size, isFolder: false });
  });

  it("that is empty begins the end", () => {
    expect(readHeader(END.subarray(0, 512), "here")).toBeUndefined();
  });

  it("that is damaged is refused", () => {
    const block = header({ name: "blobs/x", size: 7 });
    block[3] = 0x41;
    expect(() => readHeader(block, "here")).toThrow("a header is damaged");
  });
});

describe("an export goes on", () => {
  it.each<[left: string, (whole: Buffer) => Buffer, ending: string]>([
    ["with what was written in part", (whole) => whole.subarray(0, 123_456), ".partial"],
    ["in place of what was written of other images", (whole) => noise("other", whole.length - 5000), ".partial"],
    ["in place of the rest where the disk lost it", (whole) => lostFrom(whole, 200_000), ".partial"],
    ["with an archive that was damaged since", (whole) => lostFrom(whole, 200_000), ""],
    ["in place of what is longer", (whole) => Buffer.concat([whole, whole]), ".partial"],
  ])("%s", async (_left, spoil, ending) => {
    const { file, digest } = await bundle();
    const whole = await readFile(file);
    await rm(file);
    await writeFile(`${file}${ending}`, spoil(whole));
    expect(await bundle()).toEqual({ file, digest });
    expect((await readFile(file)).equals(whole)).toBe(true);
    expect(await readFile(path.join(folder, "stick", "b.sha256"), "utf8")).toContain(sha256(whole).slice(7));
    expect(await everything(path.join(folder, "stick"))).toEqual(["b.sha256", "b.tar"]);
  });
});

/** Zeros in place of everything from a byte on, as a disk that lost power leaves it. */
function lostFrom(content: Buffer, position: number): Buffer {
  return Buffer.concat([content.subarray(0, position), Buffer.alloc(content.length - position)]);
}
