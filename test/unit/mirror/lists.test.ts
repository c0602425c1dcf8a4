import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { nodeFiles } from "../../../components/mirror/cluster/containerd.ts";
import { beyond } from "../../../components/mirror/delta/holdings.ts";
import { parseHoldings } from "../../../components/mirror/delta/inventory.ts";
import { exitCodeOf, MirrorError } from "../../../components/mirror/errors.ts";
import { formatIndexFile, namedEntry, parseIndexFile } from "../../../components/mirror/layout/index-file.ts";
import { blobTasks, type ImageGraph } from "../../../components/mirror/transfer/plan.ts";
import { formatBytes, Tally } from "../../../components/mirror/transfer/tally.ts";
import { parseWanted } from "../../../components/mirror/list/wanted.ts";
import { sha256 } from "../../kit/images.ts";

const digest = sha256("x");

describe("a list of images", () => {
  it("is of references, one a line, each once", () => {
    expect(
      parseWanted(`# comment\n busybox:1.28 # why\n\ndocker.io/library/busybox:1.28\nquay.io/a/b@${digest}\n`, "list"),
    ).toEqual([{ reference: "docker.io/library/busybox:1.28" }, { reference: `quay.io/a/b@${digest}`, digest }]);
  });

  it("may be a lock, whose digests count", () => {
    const lock = {
      version: 1,
      release: "1.8.1",
      images: [
        { reference: "a/b:1", origins: [], digest, size: 3 },
        { reference: "c/d:1", origins: [] },
      ],
    };
    expect(parseWanted(JSON.stringify(lock), "lock")).toEqual([
      { reference: "docker.io/a/b:1", digest },
      { reference: "docker.io/c/d:1" },
    ]);
  });

  it.each([
    ["a b", 'list:1: "a b" is not an image reference'],
    ["ok:1\nUPPER/x:1:2", "list:2: "],
    ["", "list names no image"],
    ['{"version":2}', "list is not a lock of images: version"],
    [
      JSON.stringify({ version: 1, release: "x", images: [{ reference: "a:1", digest: "sha256:x" }] }),
      "list images.0: ",
    ],
  ])("%j is refused with its place", (text, message) => {
    expect(() => parseWanted(text, "list")).toThrow(message);
  });
});

describe("what a site has already", () => {
  const [one, other, child] = ["1", "2", "3"].map((text) => sha256(text));
  const image = (name: string, own?: typeof one, ...platforms: (typeof one)[]) => ({
    reference: `docker.io/a/${name}:1`,
    ...(own && { digest: own }),
    platforms: platforms.filter((platform) => platform !== undefined),
  });

  it("is left out where it is the same by digest, in part or whole, and wanted where anything else is known", () => {
    const wanted = [
      image("same", one),
      image("part", other, child),
      image("moved", one),
      image("new", one),
      image("unknown"),
    ];
    const had = [image("same", one), image("part", child), image("moved", other), image("unknown", one)];
    const lock = JSON.stringify({
      version: 1,
      release: "1.8.1",
      images: had.map((own) => ({ ...own, platforms: [] })),
    });
    const { wanted: beside, held } = beyond(wanted, parseHoldings(lock, "have.json"));
    const left = beside.map(({ reference }) => reference);
    expect([...held]).toEqual([
      ["docker.io/a/same:1", one],
      ["docker.io/a/part:1", child],
    ]);
    expect(left).toEqual(["docker.io/a/moved:1", "docker.io/a/new:1", "docker.io/a/unknown:1"]);
  });

  it.each([
    [{ kind: "inventory", version: 2 }, "have.json is no inventory: version"],
    [{ kind: "inventory", version: 1, registry: "r", foundBy: "list", images: [], manifests: [] }, "blobs"],
    [
      {
        ...{ kind: "inventory", version: 1, registry: "r", foundBy: "list", images: [], manifests: [] },
        blobs: [{ digest: one, size: 1, repositories: ["../../v2/_catalog"] }],
      },
      "blobs.0.repositories.0: is not the name of a repository",
    ],
  ])("is refused where it is damaged: %j", (inventory, message) => {
    expect(() => parseHoldings(JSON.stringify(inventory), "have.json")).toThrow(message);
  });
});

describe("blobs to carry", () => {
  const image = (reference: string, repository: string, ...sizes: number[]): ImageGraph => ({
    reference,
    place: { host: "h", repository },
    root: { mediaType: "m", digest, size: 1 },
    manifests: [],
    blobs: sizes.map((size) => ({ mediaType: "b", digest: sha256(String(size)), size })),
  });

  it("are each one task, the largest first, with every place that has them", () => {
    const tasks = blobTasks([image("a:1", "a", 5, 100), image("a:2", "a", 100), image("b:1", "b", 100, 7)]);
    expect(tasks.map(({ blob }) => blob.size)).toEqual([100, 7, 5]);
    expect(tasks[0]?.neededBy).toEqual(["a:1", "a:2", "b:1"]);
    expect(tasks[0]?.places.map(({ repository }) => repository)).toEqual(["a", "b"]);
  });
});

describe("the index of a layout", () => {
  const entry = { mediaType: "m", digest, size: 7 };
  it("is the same text whatever the order, and is read as it was written", () => {
    const [a, b] = ["docker.io/library/a:1", `quay.io/b/c@${digest}`] as const;
    const text = formatIndexFile(
      new Map([
        [b, namedEntry(b, entry)],
        [a, namedEntry(a, entry)],
      ]),
    );
    expect(text).toBe(
      formatIndexFile(
        new Map([
          [a, namedEntry(a, entry)],
          [b, namedEntry(b, entry)],
        ]),
      ),
    );
    expect([...parseIndexFile(text, "index.json").keys()]).toEqual([a, b]);
  });

  it("of another tool counts where it has full names, and is refused where it has only tags", () => {
    const listed = (annotations: object) =>
      JSON.stringify({ schemaVersion: 2, manifests: [{ ...entry, annotations }] });
    const containerd = listed({
      "io.containerd.image.name": "docker.io/library/a:1",
      "org.opencontainers.image.ref.name": "1",
    });
    expect([...parseIndexFile(containerd, "here").keys()]).toEqual(["docker.io/library/a:1"]);
    expect(() => parseIndexFile(listed({ "org.opencontainers.image.ref.name": "latest" }), "here")).toThrow(
      "no full reference",
    );
  });
});

describe("files for nodes", () => {
  const files = nodeFiles(
    ["docker.io/library/a:1", "localhost:5000/b:1", "docker.io/c/d:1"],
    "mirror.example.com/kubeflow",
    "/etc/ca.pem",
  );

  it("make the mirror the only server of each registry", () => {
    expect([...files.keys()]).toEqual([
      "containerd/certs.d/docker.io/hosts.toml",
      "containerd/certs.d/localhost:5000/hosts.toml",
      "crio/registries.conf.d/kubeflow-mirror.conf",
      "k3s/registries.yaml",
    ]);
    const toml = files.get("containerd/certs.d/docker.io/hosts.toml") ?? "";
    expect(toml).toContain('server = "https://mirror.example.com/v2/kubeflow/docker.io"');
    expect(toml).toContain('[host."https://mirror.example.com/v2/kubeflow/docker.io"]');
    expect(toml).toContain("override_path = true");
    expect(toml).toContain('ca = "/etc/ca.pem"');
    expect([...files.values()].join("")).not.toMatch(/https:\/\/(?!mirror\.example\.com)/);
  });

  it("are YAML for k3s", () => {
    expect(load(files.get("k3s/registries.yaml") ?? "")).toEqual({
      mirrors: {
        "docker.io": { endpoint: ["https://mirror.example.com"], rewrite: { "^(.*)$": "kubeflow/docker.io/$1" } },
        "localhost:5000": {
          endpoint: ["https://mirror.example.com"],
          rewrite: { "^(.*)$": "kubeflow/localhost-5000/$1" },
        },
      },
      configs: { "mirror.example.com": { tls: { ca_file: "/etc/ca.pem" } } },
    });
  });
});

describe("the exit code of several failures", () => {
  const of = (...codes: ConstructorParameters<typeof MirrorError>[0][]) =>
    exitCodeOf(codes.map((code) => new MirrorError(code, "")));
  it("is theirs where they are of one class, 3 where not, and 4 where anything was changed", () => {
    expect(of("E_GONE", "E_MOVED")).toBe(8);
    expect(of("E_GONE", "E_RATE")).toBe(3);
    expect(of("E_GONE", "E_DIGEST", "E_RATE")).toBe(4);
  });
});

describe("progress", () => {
  it("tells bytes, rate and what is left", () => {
    const tally = new Tally({ bytes: 3_400_000_000, images: 90 }, () => undefined);
    tally.addBytes(1_200_000_000);
    for (let count = 0; count < 45; count++) tally.addImage();
    expect(tally.line(10)).toBe("1.2 GB of 3.4 GB, 35 %, 120 MB/s, 19 s left, 45 of 90 images");
    expect(tally.line(2000)).toContain("1 h 1 min left");
  });

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [123_456, "123 kB"],
    [5e13, "50.0 TB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
