import { execFile, spawnSync } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeImage, noise, seed, sha256 } from "../kit/images.ts";
import { MIRROR_COMMAND, MirrorHome } from "../kit/mirror.ts";
import { type RunningRegistry, startRegistry } from "../kit/registry.ts";

const LAYERS = [3_000_000, 4_000_000];

let home: MirrorHome;
let source: RunningRegistry;
let list: string;

beforeAll(async () => {
  [home, source] = await Promise.all([MirrorHome.open(), startRegistry()]);
  await seed(source.origin, "app", "v1", makeImage(LAYERS.map((size, index) => noise(`layer ${index}`, size))));
  list = home.path("images.txt");
  await writeFile(list, `${source.host}/app:v1`);
});
afterAll(() => Promise.all([home.close(), source.stop()]));

/** Runs a shell in which `mirror` is the command line, and `disk` a folder on a disk of 16 MB of its own. */
function onSmallDisk(script: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const prelude = [
    "mkdir -p disk",
    "mount -t tmpfs -o size=16m none disk",
    `mirror() { ${MIRROR_COMMAND.map((word) => `'${word}'`).join(" ")} "$@"; echo "exit $?"; }`,
  ];
  const args = ["--map-root-user", "--user", "--mount", "sh", "-c", [...prelude, script].join("\n")];
  return new Promise((resolve, reject) => {
    execFile("unshare", args, { cwd: home.folder, env: home.env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve({ stdout, stderr });
    });
  });
}

/** Some containers forbid it. */
const mayMount = spawnSync("unshare", ["--map-root-user", "--user", "--mount", "true"]).status === 0;

const pulling = (more = "") => `mirror pull -o disk/images --images '${list}' ${more}`;
/** Leaves so many megabytes. */
const leaving = (megabytes: number) => `head -c ${16 - megabytes}m /dev/zero >disk/other`;

describe.runIf(mayMount)("a disk", () => {
  it("that is too small is told before anything is fetched", async () => {
    const { stdout, stderr } = await onSmallDisk(`${leaving(5)}\n${pulling()}\nls disk/images/blobs/sha256 | wc -l`);
    expect(stdout).toContain("exit 7");
    expect(stderr).toMatch(/E_SPACE need 7\.1 MB, have \d/);
    // The manifest alone.
    expect(stdout.trim().split("\n").at(-1)).toBe("1");
  });

  it("that fills up on the way ends a pull, which goes on at the same byte once there is room", async () => {
    const { stdout, stderr } = await onSmallDisk(`
      # Something else takes the space after it was found to be there.
      (until ls disk/images/blobs/sha256/*.partial; do sleep 0.01; done; ${leaving(3)}) >/dev/null 2>&1 &
      ${pulling("--concurrency 1")}
      wait
      du -b -c disk/images/blobs/sha256/* | tail -n 1
      rm disk/other
      ${pulling("--json")}
      mirror verify disk/images --deep`);
    const [first, kept, again, second, ...verified] = stdout.trim().split("\n");
    expect(first).toBe("exit 7");
    expect(stderr).toMatch(/E_SPACE the disk that holds disk\/images is full; what is there stays/);
    const there = Number.parseInt(kept ?? "", 10);
    expect(there).toBeGreaterThan(0);
    const { bytes } = JSON.parse(again ?? "") as { bytes: number };
    expect(bytes).toBeLessThan(LAYERS.reduce((sum, size) => sum + size, 0));
    expect([second, verified.at(-1)]).toEqual(["exit 0", "exit 0"]);
  });

  it("that is too small for an export is told before anything is written", async () => {
    const { stdout, stderr } = await onSmallDisk(`
      mirror pull -o whole --images '${list}' --json
      ${leaving(5)}
      mirror export whole -o disk/stick
      ls -A disk/stick
      rm disk/other
      mirror export whole -o disk/stick --json`);
    const [, pulled, refused, ...rest] = stdout.trim().split("\n");
    expect([pulled, refused]).toEqual(["exit 0", "exit 7"]);
    expect(stderr).toMatch(/E_SPACE need 7\.\d MB, have \d[\d.]* MB on disk\/stick/);
    expect(stderr).toContain("--max-size");
    // Nothing lies there between the refusal and the export that has room.
    expect(rest).toEqual([expect.stringContaining('"ok":true'), "exit 0"]);
  });

  it("that fills up on the way ends an export, which goes on once there is room", async () => {
    const { stdout, stderr } = await onSmallDisk(`
      mirror pull -o whole --images '${list}' --json
      ${leaving(3)}
      # It counts as there, but takes no space yet: all holes, none of it what is to be written.
      mkdir disk/stick; truncate -s 7000000 disk/stick/kubeflow-images.tar.partial
      mirror export whole -o disk/stick
      ls disk/stick
      rm disk/other
      mirror export whole -o disk/stick --json
      mirror verify disk/stick/*.tar --deep`);
    const [, , refused, left, again, ...codes] = stdout.trim().split("\n");
    expect(stderr).toMatch(/E_SPACE the disk that holds disk\/stick is full; what is there stays/);
    expect([refused, left]).toEqual(["exit 7", "kubeflow-images.tar.partial"]);
    expect(JSON.parse(again ?? "")).toMatchObject({ ok: true, images: 1 });
    expect(codes.filter((line) => line.startsWith("exit"))).toEqual(["exit 0", "exit 0"]);
  });

  it("that takes no file so large is told as such", async () => {
    const { stdout, stderr } = await onSmallDisk(`trap '' XFSZ\nulimit -f 4096\n${pulling()}`);
    expect(stdout).toContain("exit 7");
    expect(stderr).toContain("takes no larger file");
  });
});

describe("a link where a blob is to be written", () => {
  it("ends the pull, with the blobs that wait for their turn", async () => {
    const pull = ["pull", "-o", home.path("blocked"), "--images", list, "--concurrency", "1"];
    const largest = sha256(noise("layer 1", 4_000_000)).slice("sha256:".length);
    const inItsPlace = home.path("blocked", "blobs", "sha256", `${largest}.partial`);
    await mkdir(path.dirname(inItsPlace), { recursive: true });
    await symlink(home.path("elsewhere"), inItsPlace);
    const refused = await home.run(...pull);
    expect(refused.code, refused.stderr).toBe(7);
    expect(refused.stderr).toContain(`${largest}.partial`);
    await rm(inItsPlace);
    const again = await home.run(...pull);
    expect(again.code, again.stderr).toBe(0);
  });
});
