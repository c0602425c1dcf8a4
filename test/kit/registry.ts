import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { obtain } from "../../toolchain/index.ts";

/** A real registry, distribution, on this machine. */
export interface RunningRegistry {
  /** `127.0.0.1:5000`, as images name it. */
  readonly host: string;
  readonly origin: string;
  readonly pid: number;
  /** Where its blobs lie. */
  readonly storage: string;
  /** Lines of its access log. */
  requests(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface RegistrySetup {
  /** Kept where it is given; otherwise the registry begins empty and goes with what it holds. */
  readonly storage?: string;
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Lines of an htpasswd file. */
  readonly accounts?: string;
  readonly token?: { readonly realm: string; readonly issuer: string; readonly bundle: string };
}

export async function startRegistry(setup: RegistrySetup = {}): Promise<RunningRegistry> {
  const { registry: binary } = await obtain(["registry"]);
  const folder = await mkdtemp(path.join(tmpdir(), "registry-"));
  const storage = setup.storage ?? path.join(folder, "storage");
  await mkdir(storage, { recursive: true });
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const origin = `${setup.tls === undefined ? "http" : "https"}://${host}`;
  const config = path.join(folder, "config.yaml");
  const accounts = path.join(folder, "htpasswd");
  if (setup.accounts !== undefined) await writeFile(accounts, setup.accounts);
  // JSON is YAML, and has no indentation to get wrong.
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: "error", accesslog: { disabled: false } },
      storage: {
        filesystem: { rootdirectory: storage },
        delete: { enabled: true },
        cache: { blobdescriptor: "inmemory" },
      },
      http: { addr: host, secret: "for-tests", ...(setup.tls && { tls: setup.tls }) },
      ...(setup.accounts !== undefined && { auth: { htpasswd: { realm: "tests", path: accounts } } }),
      ...(setup.token && {
        auth: {
          token: {
            realm: setup.token.realm,
            service: host,
            issuer: setup.token.issuer,
            rootcertbundle: setup.token.bundle,
          },
        },
      }),
    }),
  );
  const log = path.join(folder, "log");
  const child = spawn("/bin/sh", ["-c", `exec "$0" serve "$1" >"$2" 2>&1`, binary, config, log], { stdio: "ignore" });
  const running: RunningRegistry = {
    host,
    origin,
    pid: child.pid ?? 0,
    storage,
    requests: async () => (await readFile(log, "utf8")).split("\n").filter((line) => line.includes(" HTTP/1.")),
    async stop() {
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await listening(port, child, log);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}

/** A port of the loopback interface that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function listening(port: number, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) break;
    const isOpen = await opens(port);
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error(`the registry does not come up: ${await readFile(log, "utf8")}`);
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
