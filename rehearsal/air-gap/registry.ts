import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

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
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface RegistrySetup {
  /** Kept where it is given; otherwise the registry begins empty and goes with what it holds. */
  readonly storage?: string;
  /** Of 127.0.0.1. @default one that nobody uses */
  readonly port?: number;
  /** Paths of PEM files; with `clientcas` only clients with a certificate of these authorities are served. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientcas?: readonly string[] };
  /** Lines of an htpasswd file. */
  readonly accounts?: string;
  readonly token?: { readonly realm: string; readonly issuer: string; readonly bundle: string };
  /** Writes the whole configuration in place of what else is given here. */
  readonly configuration?: (places: RegistryPlaces) => string;
}

/** Where a registry listens, and where its files lie. */
export interface RegistryPlaces {
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly storage: string;
  readonly accounts: string;
}

const POLL_MS = 25;
const PATIENCE_MS = 10_000;

/**
 * The registry itself, beside a watcher that ends it once standard input closes, whichever way the starter ends. A shell
 * takes standard input away from what it runs in the background, hence descriptor 3.
 */
const SCRIPT = `exec 3<&0; (cat <&3; kill -KILL $$) >/dev/null 2>&1 & exec 3<&- "$0" serve "$1" </dev/null >"$2" 2>&1`;

/** Starts a registry whose files lie in `folder`. It ends with this process. Throws Error where it does not come up. */
export async function serveRegistry(
  binary: string,
  folder: string,
  setup: RegistrySetup = {},
): Promise<RunningRegistry> {
  const storage = setup.storage ?? path.join(folder, "storage");
  await mkdir(folder, { recursive: true });
  await mkdir(storage, { recursive: true });
  const port = setup.port ?? (await freePort());
  const host = `127.0.0.1:${port}`;
  const config = path.join(folder, "config.yaml");
  const accounts = path.join(folder, "htpasswd");
  if (setup.accounts !== undefined) await writeFile(accounts, setup.accounts);
  const places = { host, storage, accounts };
  // JSON is YAML, and has no indentation to get wrong.
  await writeFile(config, setup.configuration?.(places) ?? JSON.stringify(configuration(places, setup)));
  const log = path.join(folder, "log");
  const child = spawn("/bin/sh", ["-c", SCRIPT, binary, config, log], { stdio: ["pipe", "ignore", "ignore"] });
  const running: RunningRegistry = {
    host,
    origin: `${setup.tls === undefined ? "http" : "https"}://${host}`,
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

function configuration({ host, storage, accounts }: RegistryPlaces, setup: RegistrySetup): object {
  const { tls, token } = setup;
  return {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: storage },
      delete: { enabled: true },
      cache: { blobdescriptor: "inmemory" },
    },
    http: { addr: host, secret: "of-one-run", ...(tls && { tls }) },
    ...(setup.accounts !== undefined && { auth: { htpasswd: { realm: "registry", path: accounts } } }),
    ...(token && {
      auth: { token: { realm: token.realm, service: host, issuer: token.issuer, rootcertbundle: token.bundle } },
    }),
  };
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
  for (
    const deadline = Date.now() + PATIENCE_MS;
    Date.now() < deadline && child.exitCode === null;
    await sleep(POLL_MS)
  ) {
    if (await opens(port)) return;
  }
  throw new Error(`the registry does not come up: ${await readFile(log, "utf8").catch(() => "")}`);
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
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }
  child.stdin?.destroy();
}
