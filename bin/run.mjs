// Runs a command of this project as a newcomer would: `node bin/run.mjs <file.ts | tool> [arguments]`.
// Installs the locked dependencies where they are missing or stale, then hands over to the pinned Node.js that is one of
// them, so that whatever Node.js started this only bootstraps. Plain JavaScript without dependencies for that reason.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);

requireNode();
installDependencies();
await handOver();

function requireNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= OLDEST_NODE) return;
  fail(`Node.js ${process.versions.node} is too old: ${OLDEST_NODE} or newer is needed to begin`, "install Node.js 24");
}

function installDependencies() {
  const stamp = path.join(root, "node_modules", ".installed");
  const wanted = createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write("Installing the locked dependencies (once, about half a minute) ...\n");
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) fail("npm ci failed (its output is above)", "check the network or disk, then run this again");
  writeFileSync(stamp, wanted);
}

function handOver() {
  const modules = path.join(root, "node_modules");
  const node = pinnedNode(modules);
  const target = command.endsWith(".ts") ? path.join(root, command) : path.join(modules, ".bin", command);
  // Tools outlive an interrupt long enough to clean up: the child decides, this process only passes on how it ended.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", target, ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` },
  });
  return new Promise(() => {
    child.on("exit", (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : code));
  });
}

/** The pinned Node.js comes as a package for Linux; elsewhere the one that runs this serves if it is new enough. */
function pinnedNode(modules) {
  const pinned = path.join(modules, ".bin", "node");
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  return fail(
    `Node.js ${process.versions.node} is too old on this platform: 22.19 or newer is needed`,
    "install Node.js 24",
  );
}

function fail(message, next) {
  process.stderr.write(`${message}\n  Next: ${next}\n`);
  process.exit(1);
}
