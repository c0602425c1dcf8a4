import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { UserError } from "../../components/kit/errors.ts";
import { type MadeImage, makeImage, makeIndex, noise, seed, sha256 } from "../../test/kit/images.ts";
import { type RunningRegistry, startRegistry } from "../../test/kit/registry.ts";
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
    "its times include the start of Node.js; crane is called once for all images, regctl, which takes one at a time, in a " +
    "loop. CPU and memory are the client's own. What curl takes to fetch the same bytes and drop them is the floor of a pull.",
  run,
};

type Contender = "mirror" | "crane" | "regctl" | "curl";

interface Setup {
  readonly folder: string;
  readonly registry: RunningRegistry;
  readonly tools: Readonly<Record<"crane" | "regctl", string>>;
  /** As the source registry has them, with their digests. */
  readonly references: ReadonlyMap<string, string>;
  readonly blobUrls: readonly string[];
  readonly signal: AbortSignal;
}

async function run({ report, signal }: Context): Promise<Figures> {
  const tools = await obtain(["crane", "regctl"], { report, signal });
  const folder = await mkdtemp(path.join(tmpdir(), "bench-mirror-"));
  const registry = await startRegistry();
  try {
    report("making the images");
    const setup = { folder, registry, tools, signal, ...(await fill(registry)) };
    await writeFile(path.join(folder, "images.txt"), [...setup.references.keys()].join("\n"));
    await command(setup, tools.regctl, ["registry", "set", "--tls", "disabled", registry.host]);
    const measured = (work: () => Promise<void>) => measure(work, { except: [registry.pid] });
    const told = (name: string, work: () => Promise<void>) => (round: number) => {
      report(`round ${round}: ${name}`);
      return measured(work);
    };
    const layout = path.join(folder, "layout");
    const pulls = await alternate({
      curl: told("curl", () => fetchAll(setup)),
      mirror: told("pull, mirror", () => pullOurs(setup, layout)),
      crane: told("pull, crane", () => pullCrane(setup)),
      regctl: told("pull, regctl", () => pullRegctl(setup)),
      again: told("pull again, mirror", () => ours(setup, ["pull", "-o", layout, "--images", "images.txt"])),
    });
    const pushes = await alternate({
      mirror: (round) =>
        told("push, mirror", () => ours(setup, ["push", layout, "--to", `${registry.host}/ours${round}`]))(round),
      regctl: (round) => told("push, regctl", () => pushRegctl(setup, layout, round))(round),
    });
    return mirrorFigures(pulls, pushes);
  } finally {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The table, and how often as fast this mirror is as the others. */
export function mirrorFigures(
  pulls: Readonly<Record<Contender | "again", readonly Measurement[]>>,
  pushes: Readonly<Record<"mirror" | "regctl", readonly Measurement[]>>,
): Figures {
  const seconds = (runs: readonly Measurement[]) => median(runs.map((one) => one.seconds));
  const row = (name: string, runs: readonly Measurement[], base: readonly Measurement[]) => [
    name,
    spread(runs.map((one) => one.seconds)),
    `${(seconds(runs) / seconds(base)).toFixed(2)}x`,
    spread(runs.map((one) => one.cpuSeconds)),
    `${Math.round(median(runs.map(({ peakBytes }) => peakBytes / 1e6)))} MB`,
  ];
  const times = (runs: readonly Measurement[], base: readonly Measurement[]) =>
    (seconds(runs) / seconds(base)).toFixed(2);
  return {
    columns: ["", "seconds", "of ours", "CPU seconds", "memory peak"],
    rows: [
      row("pull, mirror", pulls.mirror, pulls.mirror),
      row("pull, crane", pulls.crane, pulls.mirror),
      row("pull, regctl", pulls.regctl, pulls.mirror),
      row("curl to nowhere", pulls.curl, pulls.mirror),
      row("pull again, nothing new", pulls.again, pulls.mirror),
      row("push, mirror", pushes.mirror, pushes.mirror),
      row("push, regctl", pushes.regctl, pushes.mirror),
    ],
    result:
      `A pull takes crane ${times(pulls.crane, pulls.mirror)}x and regctl ${times(pulls.regctl, pulls.mirror)}x our time, ` +
      `a push regctl ${times(pushes.regctl, pushes.mirror)}x.`,
  };
}

async function fill(registry: RunningRegistry): Promise<Pick<Setup, "references" | "blobUrls">> {
  const shared = SHARED.map((size, index) => noise(`shared ${index}`, size));
  const references = new Map<string, string>();
  const blobUrls = new Map<string, string>();
  let layers = 0;
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
      for (const digest of one.blobs.map((blob) => sha256(blob)))
        blobUrls.set(digest, `${registry.origin}/v2/bench/image${number}/blobs/${digest}`);
    }
  }
  return { references, blobUrls: [...blobUrls.values()] };
}

async function pullOurs(setup: Setup, layout: string): Promise<void> {
  await rm(layout, { recursive: true, force: true });
  await ours(setup, ["pull", "-o", layout, "--images", "images.txt"]);
}

function ours(setup: Setup, args: readonly string[]): Promise<void> {
  return command(setup, process.execPath, [LAUNCHER, ...args]);
}

async function pullCrane(setup: Setup): Promise<void> {
  const folder = path.join(setup.folder, "crane");
  await rm(folder, { recursive: true, force: true });
  await command(setup, setup.tools.crane, ["pull", "--format", "oci", ...setup.references.keys(), folder]);
}

async function pullRegctl(setup: Setup): Promise<void> {
  const folder = path.join(setup.folder, "regctl");
  await rm(folder, { recursive: true, force: true });
  for (const [number, reference] of [...setup.references.keys()].entries()) {
    await command(setup, setup.tools.regctl, ["image", "copy", reference, `ocidir://${folder}:image${number}`]);
  }
}

async function pushRegctl(setup: Setup, layout: string, round: number): Promise<void> {
  for (const [number, digest] of [...setup.references.values()].entries()) {
    const to = `${setup.registry.host}/regctl${round}/image${number}:v1`;
    await command(setup, setup.tools.regctl, ["image", "copy", `ocidir://${layout}@${digest}`, to]);
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
