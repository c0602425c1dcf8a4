import { text } from "node:stream/consumers";
import { type Command, Option } from "commander";
import { MirrorError } from "../errors.ts";
import type { CredentialSource } from "../registry/credentials.ts";
import { HOST_CONCURRENCY, Registries } from "../registry/index.ts";
import { readPem } from "../registry/transport.ts";
import { parseCount, parseDuration, type Run } from "./run.ts";

export interface RegistryFlags {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecureRegistry?: readonly string[];
  readonly registryConcurrency: number;
  readonly maxWait: number;
  readonly credsStdin?: string;
}

/** The options of every verb that speaks to registries. */
export function addRegistryOptions(command: Command, requests = HOST_CONCURRENCY): Command {
  return command
    .option("--ca <file>", "PEM of an authority to trust beside the system's")
    .option("--cert <file>", "PEM of a client certificate; needs --key")
    .option("--key <file>", "PEM of its key")
    .option("--insecure-registry <host...>", "without TLS, or with a certificate that nobody signed")
    .option("--creds-stdin <host>", "read user:password for this registry from standard input")
    .addOption(
      new Option("--registry-concurrency <count>", "requests to one registry at once")
        .argParser(parseCount)
        .default(requests),
    )
    .addOption(
      new Option("--max-wait <duration>", "how long to wait at most when a registry asks to")
        .argParser(parseDuration)
        .default(15 * 60, "15m"),
    );
}

/** Throws MirrorError E_USAGE for files that are none. */
export async function openRegistries(flags: RegistryFlags, { report, signal }: Run): Promise<Registries> {
  const { ca, cert, key, insecureRegistry, registryConcurrency, maxWait, credsStdin } = flags;
  if ((cert === undefined) !== (key === undefined)) {
    throw new MirrorError("E_USAGE", "--cert and --key belong together", { next: "give both, or neither" });
  }
  return new Registries({
    ...(ca !== undefined && { ca: [await readPem(ca)] }),
    ...(cert !== undefined &&
      key !== undefined && { certificate: { cert: await readPem(cert), key: await readPem(key) } }),
    ...(insecureRegistry && { insecure: insecureRegistry }),
    ...(credsStdin !== undefined && { credentials: await credentialsFromInput(credsStdin) }),
    concurrency: registryConcurrency,
    retries: { maxWait: maxWait * 1000 },
    report,
    signal,
  });
}

async function credentialsFromInput(host: string): Promise<CredentialSource> {
  const [username = "", ...rest] = (await text(process.stdin)).trim().split(":");
  const password = rest.join(":");
  if (username === "" || password === "") {
    throw new MirrorError("E_USAGE", "standard input does not hold user:password", {
      next: `printf '%s' "$USER:$PASSWORD" | npm run mirror -- ... --creds-stdin ${host}`,
    });
  }
  return (asked) => Promise.resolve(asked === host ? { kind: "password", username, password } : undefined);
}
