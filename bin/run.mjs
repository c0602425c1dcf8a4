// Runs a command of this project as a newcomer would: `node bin/run.mjs [options of Node.js] <file.ts | tool> [arguments]`.
// Installs the locked dependencies where they are missing or stale, then hands over to the pinned Node.js that is one of
// them, so that whatever Node.js started this only bootstraps. Plain JavaScript without dependencies for that reason.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import module from "node:module";
import { constants, homedir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const OLDEST_NODE = 20;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const first = process.argv.findIndex((argument, index) => index > 1 && !argument.startsWith("-"));
const nodeOptions = process.argv.slice(2, first);
const [command, ...args] = process.argv.slice(first);

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
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (isInstalled()) return;
  const unlock = lock(path.join(root, ".installing"));
  try {
    if (isInstalled()) return;
    process.stderr.write("Installing the locked dependencies (once, about half a minute) ...\n");
    rmSync(stamp, { force: true });
    const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (npm.status !== 0) fail("npm ci failed (its output is above)", "check the network or disk, then run this again");
    writeFileSync(stamp, wanted);
  } finally {
    unlock();
  }
}

/** Of two first runs at once, one installs and the other waits; a lock whose holder is gone is taken over. */
function lock(file) {
  for (let told = false; ; told = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      process.on("exit", () => rmSync(file, { force: true }));
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") fail(`${root} cannot be written (${error.code})`, "permit it, or use another copy");
    }
    if (!isAlive(file)) rmSync(file, { force: true });
    else if (!told) process.stderr.write("Waiting for another run that installs the dependencies ...\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
}

function isAlive(file) {
  try {
    process.kill(Number(readFileSync(file, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function handOver() {
  const modules = path.join(root, "node_modules");
  const node = pinnedNode(modules);
  const target = command.endsWith(".ts") ? path.join(root, command) : path.join(modules, ".bin", command);
  if (isItself(node) && nodeOptions.length === 0 && command.endsWith(".ts")) {
    process.env.NODE_COMPILE_CACHE ??= compileCache();
    module.enableCompileCache();
    process.argv = [node, target, ...args];
    return import(pathToFileURL(target).href);
  }
  const options = ["--disable-warning=ExperimentalWarning", ...nodeOptions, target, ...args];
  const env = {
    ...process.env,
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
    ...(command.endsWith(".ts") && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? compileCache() }),
  };
  // In place of this process, where its Node.js can: one less, and nobody in between whom signals would have to pass.
  if (process.execve !== undefined && process.platform !== "win32") process.execve(node, [node, ...options], env);
  // Tools outlive an interrupt long enough to clean up: the child decides, this process only passes on how it ended.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const child = spawn(node, options, { stdio: "inherit", env });
  return new Promise(() => {
    child.on("exit", (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : code));
  });
}

/** Whether this process is run by it already: then it need not begin a second time. */
function isItself(node) {
  return realpathSync(node) === realpathSync(process.execPath);
}

/** TypeScript is stripped once, not at every start. */
function compileCache() {
  const base = process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
  return path.join(base, "kubeflow-on-pulumi", "compiled");
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
