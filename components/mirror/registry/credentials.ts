import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";

/** How one is known to a registry. Never part of a message. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identityToken"; readonly token: string };

/** Finds the credentials of a repository; undefined where there are none. */
export type CredentialSource = (host: string, repository: string) => Promise<Credentials | undefined>;

const HELPER_SECONDS = 30;
/** What helpers say for a host they do not know; others exit with an error of their own. */
const UNKNOWN_TO_HELPER = /credentials not found|no credentials|not logged in/i;
/** Names under which Docker Hub stands in files, without scheme and version. */
const DOCKER_HUB_HOSTS = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

const fileSchema = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** What a helper answers. */
const answerSchema = z.object({ Username: z.string(), Secret: z.string() });

type CredentialFile = z.infer<typeof fileSchema>;

/** The files of docker, podman and skopeo, in the order in which they are asked. */
export function credentialFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const named = (variable: string) => env[variable] || undefined;
  const home = env["HOME"] ?? homedir();
  const runtime = named("XDG_RUNTIME_DIR");
  return [
    named("REGISTRY_AUTH_FILE"),
    runtime && path.join(runtime, "containers", "auth.json"),
    path.join(named("XDG_CONFIG_HOME") ?? path.join(home, ".config"), "containers", "auth.json"),
    path.join(named("DOCKER_CONFIG") ?? path.join(home, ".docker"), "config.json"),
  ].filter((file) => file !== undefined);
}

/** Credentials as docker and containers keep them, helpers included; what a file gives once is not asked for again. */
export function storedCredentials(env: NodeJS.ProcessEnv): CredentialSource {
  let files: Promise<readonly CredentialFile[]> | undefined;
  const found = new Map<string, Promise<Credentials | undefined>>();
  return async (host, repository) => {
    files ??= Promise.all(credentialFiles(env).map(readCredentialFile)).then((all) =>
      all.filter((one) => one !== undefined),
    );
    for (const file of await files) {
      for (const key of keysFor(host, repository)) {
        const own = fromAuths(file, key, host);
        if (own !== undefined) return own;
        const helper = file.credHelpers?.[key];
        if (helper === undefined) continue;
        return remember(found, `${helper} ${key}`, () => askHelper(helper, key, env));
      }
      const store = file.credsStore;
      if (store === undefined) continue;
      const server = host === "docker.io" ? "https://index.docker.io/v1/" : host;
      const stored = await remember(found, `${store} ${server}`, () => askHelper(store, server, env));
      if (stored !== undefined) return stored;
    }
    return undefined;
  };
}

/** The repository's own entry first, then those of the folders above it, then the host's. */
function keysFor(host: string, repository: string): readonly string[] {
  const parts = repository.split("/");
  const folders = parts.map((_, index) => `${host}/${parts.slice(0, parts.length - index).join("/")}`);
  return [...folders, host];
}

function fromAuths(file: CredentialFile, key: string, host: string): Credentials | undefined {
  const entry =
    file.auths?.[key] ?? Object.entries(file.auths ?? {}).find(([name]) => key === host && isOf(host, name))?.[1];
  if (entry === undefined) return undefined;
  if (entry.identitytoken !== undefined && entry.identitytoken !== "") {
    return { kind: "identityToken", token: entry.identitytoken };
  }
  if (entry.auth !== undefined && entry.auth !== "") {
    const [username = "", ...password] = Buffer.from(entry.auth, "base64").toString("utf8").split(":");
    return { kind: "password", username, password: password.join(":").replace(/\0+$/, "") };
  }
  const { username, password } = entry;
  return username === undefined || password === undefined ? undefined : { kind: "password", username, password };
}

/** Old keys are URLs with an API version: `https://registry.example.com/v2/`. */
function isOf(host: string, key: string): boolean {
  const name = key.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
  return name === host || (host === "docker.io" && DOCKER_HUB_HOSTS.has(name));
}

async function readCredentialFile(file: string): Promise<CredentialFile | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || text.trim() === "") return undefined;
  const refusal = () =>
    new MirrorError("E_AUTH", `${file} is not a file of registry credentials`, {
      next: "repair it with docker login or podman login, or remove it",
    });
  return readJson(fileSchema, text, refusal);
}

async function askHelper(name: string, server: string, env: NodeJS.ProcessEnv): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const fail = (why: string) =>
    new MirrorError("E_AUTH", `${program} gives no credentials for ${server}: ${why}`, {
      next: `run: echo ${server} | ${program} get`,
    });
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw fail("that is no name of a helper");
  // Few use a helper, and everybody would wait for the library.
  const { execa } = await import("execa");
  const result = await execa(program, ["get"], {
    input: server,
    env,
    extendEnv: false,
    reject: false,
    timeout: HELPER_SECONDS * 1000,
  });
  if (result.failed) {
    if (UNKNOWN_TO_HELPER.test(`${result.stdout} ${result.stderr}`)) return undefined;
    // What it printed may hold a secret, so it is not repeated.
    throw fail(
      result.code === "ENOENT" ? "it is not installed" : `it ended with ${String(result.exitCode ?? result.code)}`,
    );
  }
  const { Username: username, Secret: secret } = readJson(answerSchema, result.stdout, () =>
    fail("its answer is not understood"),
  );
  return username === "<token>"
    ? { kind: "identityToken", token: secret }
    : { kind: "password", username, password: secret };
}

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
