import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { UserError } from "../../components/kit/errors.ts";
import { type MadeImage, makeImage, makeIndex, noise, seed, sha256 } from "../../test/kit/images.ts";
import { type RunningRegistry, startRegistry } from "../../test/kit/registry.ts";
import { obtainFromDebian } from "../../toolchain/debian/index.ts";
import { obtain } from "../../toolchain/index.ts";
import type { Benchmark, Context, Figures } from "../harness/benchmark.ts";
import { measure, type Measurement } from "../harness/measure.ts";
import { alternate, median, spread } from "../harness/rounds.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/mirror.mjs", import.meta.url));
const IMAGES = 40;
/** Images of two platforms among them. */
const INDEXES = 14;
const MB = 1_000_000;
/** Layers that many images begin with, and those of one image alone. */
const SHARED = [30 * MB, 37 * MB, 44 * MB, 51 * MB, 58 * MB];
const OWN = [18 * MB, 8 * MB, 1.5 * MB, 0.03 * MB];

/** Carrying images, beside the clients that one would use instead. */
export const mirror: Benchmark = {
  name: "mirror",
  timed: true,
  description:
    `${IMAGES} images, ${INDEXES} of two platforms, with shared bases and layers that do not compress, 1.7 GB in all, between ` +
    "a registry on this machine and an image layout on its disk. Our `mirror` flushes to the disk and checks what it wrote, and " +
    "its times include the start of Node.js; crane is called once for all images, regctl and skopeo, which take one at a " +
    "time, in a loop; `skopeo sync` takes all into folders, and a shared blob as often as it is used. CPU and memory are the " +
    "client's own. What curl takes to fetch the same bytes and drop them is the floor of a pull; hashing and writing them " +
    "come on top. Every push goes to a registry that is empty, as a site's is.",
  run,
};

type Pull = "mirror" | "crane" | "craneFlushed" | "regctl" | "skopeo" | "skopeoSync" | "curl" | "again" | "verify";
type Push = "mirror" | "regctl" | "skopeo" | "again";
/** What the goals of the mirror ask for at most. */
const GOALS = { againSeconds: 0.3, pushAgainSeconds: 0.5, cpuPerGb: { pull: 3, push: 1.5 }, megabytes: 160 } as const;

interface Setup {
  readonly folder: string;
  readonly registry: RunningRegistry;
  readonly tools: Readonly<Record<"crane" | "regctl" | "skopeo", string>>;
  /** As the source registry has them, with their digests. */
  readonly references: ReadonlyMap<string, string>;
  readonly blobUrls: readonly string[];
  /** Of all blobs, each counted once. */
  readonly bytes: number;
  readonly signal: AbortSignal;
}

async function run({ report, signal }: Context): Promise<Figures> {
  const tools = {
    ...(await obtain(["crane", "regctl"], { report, signal })),
    ...(await obtainFromDebian(["skopeo"])),
  };
  const folder = await mkdtemp(path.join(tmpdir(), "bench-mirror-"));
  const registry = await startRegistry();
  try {
    report("making the images");
    const setup = { folder, registry, tools, signal, ...(await fill(registry)) };
    await writeFile(path.join(folder, "images.txt"), [...setup.references.keys()].join("\n"));
    await command(setup, tools.regctl, ["registry", "set", "--tls", "disabled", registry.host]);
    const sites: RunningRegistry[] = [];
    const told = (name: string, work: () => Promise<void>) => async (round: number) => {
      report(`round ${round}: ${name}`);
      // What the one before left to the system to write is not written at the cost of this one.
      await command(setup, "sync", []);
      return measure(work, { except: [registry, ...sites].map(({ pid }) => pid) });
    };
    const layout = path.join(folder, "mirror");
    const pulled = (tool: string, pull: (to: string) => Promise<void>, name: string = tool) => {
      const to = path.join(folder, tool);
      const timed = told(`pull, ${name}`, () => pull(to));
      return (round: number) => rm(to, { recursive: true, force: true }).then(() => timed(round));
    };
    const pullOurs = (to: string) => ours(setup, ["pull", "-o", to, "--images", "images.txt"]);
    const pulls = await alternate({
      curl: told("curl", () => fetchAll(setup)),
      mirror: pulled("mirror", pullOurs),
      crane: pulled("crane", (to) => pullCrane(setup, to)),
      craneFlushed: pulled("crane", (to) => pullCrane(setup, to).then(() => flush(setup, to)), "crane, flushed"),
      regctl: pulled("regctl", (to) => pullRegctl(setup, to)),
      skopeo: pulled("skopeo", (to) => pullSkopeo(setup, to)),
      skopeoSync: pulled("skopeo-sync", (to) => syncSkopeo(setup, to), "skopeo sync"),
      again: told("pull again, mirror", () => pullOurs(layout)),
      verify: told("verify, mirror", () => ours(setup, ["verify", layout, "--deep"])),
    });
    const afresh = (name: string, push: (host: string) => Promise<void>) => async (round: number) => {
      await Promise.all(sites.splice(0).map((site) => site.stop()));
      const site = await startRegistry();
      sites.push(site);
      await command(setup, tools.regctl, ["registry", "set", "--tls", "disabled", site.host]);
      return told(name, () => push(site.host))(round);
    };
    const pushOurs = (host: string) => ours(setup, ["push", layout, "--to", host]);
    const pushes = await alternate({
      regctl: afresh("push, regctl", (host) => pushRegctl(setup, layout, host)),
      skopeo: afresh("push, skopeo", (host) => pushSkopeo(setup, layout, host)),
      mirror: afresh("push, mirror", pushOurs),
      again: (round) => told("push again, mirror", () => pushOurs(sites[0]?.host ?? ""))(round),
    }).finally(() => Promise.all(sites.map((site) => site.stop())));
    return mirrorFigures(pulls, pushes, setup.bytes, await storedBytes(layout));
  } finally {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The table, and how often as fast this mirror is as the others; `bytes` of blobs went over, `stored` lie on the disk. */
export function mirrorFigures(
  pulls: Readonly<Record<Pull, readonly Measurement[]>>,
  pushes: Readonly<Record<Push, readonly Measurement[]>>,
  bytes: number,
  stored: number,
): Figures {
  const seconds = (runs: readonly Measurement[]) => median(runs.map((one) => one.seconds));
  const megabytes = (runs: readonly Measurement[]) => median(runs.map(({ peakBytes }) => peakBytes / 1e6));
  const cpuPerGb = (runs: readonly Measurement[]) => median(runs.map((one) => one.cpuSeconds)) / (bytes / 1e9);
  const row = (name: string, runs: readonly Measurement[], base: readonly Measurement[]) => [
    name,
    spread(runs.map((one) => one.seconds)),
    `${(seconds(runs) / seconds(base)).toFixed(2)}x`,
    spread(runs.map((one) => one.cpuSeconds)),
    // Some runs are over before their memory is looked at.
    megabytes(runs) === 0 ? "" : `${Math.round(megabytes(runs))} MB`,
  ];
  const times = (runs: readonly Measurement[], base: readonly Measurement[]) =>
    `${(seconds(runs) / seconds(base)).toFixed(2)}x`;
  const most = Math.max(...[...pulls.mirror, ...pushes.mirror].map(({ peakBytes }) => peakBytes / 1e6));
  return {
    columns: ["", "seconds", "of ours", "CPU seconds", "memory peak"],
    rows: [
      row("pull, mirror", pulls.mirror, pulls.mirror),
      row("pull, crane", pulls.crane, pulls.mirror),
      row("pull, crane, flushed", pulls.craneFlushed, pulls.mirror),
      row("pull, regctl", pulls.regctl, pulls.mirror),
      row("pull, skopeo", pulls.skopeo, pulls.mirror),
      row("pull, skopeo sync", pulls.skopeoSync, pulls.mirror),
      row("curl to nowhere", pulls.curl, pulls.mirror),
      row("pull again, nothing new", pulls.again, pulls.mirror),
      row("verify, every byte hashed", pulls.verify, pulls.mirror),
      row("push, mirror", pushes.mirror, pushes.mirror),
      row("push, regctl", pushes.regctl, pushes.mirror),
      row("push, skopeo", pushes.skopeo, pushes.mirror),
      row("push again, nothing new", pushes.again, pushes.mirror),
    ],
    result: [
      `A pull takes crane ${times(pulls.crane, pulls.mirror)}, ${times(pulls.craneFlushed, pulls.mirror)} with its files flushed as ours are, regctl ${times(pulls.regctl, pulls.mirror)}, skopeo ` +
        `${times(pulls.skopeo, pulls.mirror)} and its sync ${times(pulls.skopeoSync, pulls.mirror)} our time, a push regctl ${times(pushes.regctl, pushes.mirror)} and skopeo ` +
        `${times(pushes.skopeo, pushes.mirror)}.`,
      `A gigabyte costs ${cpuPerGb(pulls.mirror).toFixed(1)} CPU seconds to pull (${GOALS.cpuPerGb.pull} are wanted at most) ` +
        `and ${cpuPerGb(pushes.mirror).toFixed(1)} to push (${GOALS.cpuPerGb.push}); ${(bytes / 1e9 / seconds(pulls.verify)).toFixed(1)} GB ` +
        "are verified in a second.",
      `With nothing new a pull takes ${seconds(pulls.again).toFixed(2)} s (${GOALS.againSeconds}) and a push ` +
        `${seconds(pushes.again).toFixed(2)} s (${GOALS.pushAgainSeconds}).`,
      `What is stored is ${((stored / bytes - 1) * 100).toFixed(3)} % more than the blobs (0.1), and no run of ours took more ` +
        `than ${Math.ceil(most)} MB (${GOALS.megabytes}).`,
    ].join(" "),
  };
}

async function storedBytes(layout: string): Promise<number> {
  const folder = path.join(layout, "blobs", "sha256");
  const sizes = (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function fill(registry: RunningRegistry): Promise<Pick<Setup, "references" | "blobUrls" | "bytes">> {
  const shared = SHARED.map((size, index) => noise(`shared ${index}`, size));
  const references = new Map<string, string>();
  const blobUrls = new Map<string, string>();
  let layers = 0;
  let bytes = 0;
  const image = (base: Buffer | undefined, architecture: string): MadeImage => {
    const own = OWN.map((size) => noise(`layer ${layers++}`, size));
    return makeImage(base === undefined ? own : [base, ...own], { architecture });
  };
  for (let number = 0; number < IMAGES; number++) {
    const amd64 = image(shared[number % shared.length], "amd64");
    const made = number < INDEXES ? makeIndex([amd64, image(undefined, "arm64")]) : amd64;
    await seed(registry.origin, `bench/image${number}`, "v1", made);
    references.set(`${registry.host}/bench/image${number}:v1`, made.digest);
    for (const one of [made, ...made.children]) {
      for (const blob of one.blobs) {
        const digest = sha256(blob);
        if (!blobUrls.has(digest)) bytes += blob.length;
        blobUrls.set(digest, `${registry.origin}/v2/bench/image${number}/blobs/${digest}`);
      }
    }
  }
  return { references, blobUrls: [...blobUrls.values()], bytes };
}

function ours(setup: Setup, args: readonly string[]): Promise<void> {
  return command(setup, process.execPath, [LAUNCHER, ...args]);
}

function pullCrane(setup: Setup, folder: string): Promise<void> {
  return command(setup, setup.tools.crane, ["pull", "--format", "oci", ...setup.references.keys(), folder]);
}

/** Has every file below a folder written to the disk. */
async function flush(setup: Setup, folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  await command(setup, "sync", ["--data", ...paths]);
}

async function pullRegctl(setup: Setup, folder: string): Promise<void> {
  for (const [number, reference] of [...setup.references.keys()].entries()) {
    await command(setup, setup.tools.regctl, ["image", "copy", reference, `ocidir://${folder}:image${number}`]);
  }
}

async function pushRegctl(setup: Setup, layout: string, host: string): Promise<void> {
  for (const [number, digest] of [...setup.references.values()].entries()) {
    const to = `${host}/bench/image${number}:v1`;
    await command(setup, setup.tools.regctl, ["image", "copy", `ocidir://${layout}@${digest}`, to]);
  }
}

const SKOPEO = ["--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests", "--src-tls-verify=false"];

async function pullSkopeo(setup: Setup, folder: string): Promise<void> {
  for (const reference of setup.references.keys())
    await command(setup, setup.tools.skopeo, [...SKOPEO, `docker://${reference}`, `oci:${folder}:${reference}`]);
}

async function syncSkopeo(setup: Setup, folder: string): Promise<void> {
  const [host = ""] = [...setup.references.keys()].join().split("/");
  const images = Object.fromEntries(Array.from({ length: IMAGES }, (_, number) => [`bench/image${number}`, ["v1"]]));
  const list = `${folder}.yaml`;
  await Promise.all([mkdir(folder), writeFile(list, JSON.stringify({ [host]: { "tls-verify": false, images } }))]);
  const fromTo = ["--src=yaml", "--dest=dir", list, folder];
  await command(setup, setup.tools.skopeo, ["--insecure-policy", "sync", "--all", ...fromTo]);
}

async function pushSkopeo(setup: Setup, layout: string, host: string): Promise<void> {
  for (const [number, reference] of [...setup.references.keys()].entries()) {
    const to = `docker://${host}/bench/image${number}:v1`;
    await command(setup, setup.tools.skopeo, [...SKOPEO, "--dest-tls-verify=false", `oci:${layout}:${reference}`, to]);
  }
}

/** Four at a time, as the others. */
function fetchAll(setup: Setup): Promise<void> {
  const urls = setup.blobUrls.flatMap((url) => ["--output", "/dev/null", url]);
  return command(setup, "curl", ["--silent", "--fail", "--parallel", "--parallel-max", "4", ...urls]);
}

async function command({ folder, signal }: Setup, file: string, args: readonly string[]): Promise<void> {
  const { failed, stderr, shortMessage } = await execa(file, args, {
    cwd: folder,
    env: { ...process.env, HOME: folder },
    stdin: "ignore",
    stdout: "ignore",
    reject: false,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (failed) throw new UserError(`${path.basename(file)} ${args[0] ?? ""} failed: ${stderr.trim() || shortMessage}`);
}
