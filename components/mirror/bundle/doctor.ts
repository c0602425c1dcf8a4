import { homedir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { Agent, request } from "undici";
import { onPath } from "../../../deployment/pulumi.ts";
import { DOWNLOADS_SETTING } from "../../../toolchain/release.ts";
import { versionIn } from "../../../toolchain/version.ts";
import { defined } from "../../kit/defined.ts";
import { systemErrorCode, UserError } from "../../kit/errors.ts";
import { exists } from "../../kit/files.ts";
import { extrasFor } from "../../kubeflow/extras.ts";
import { parseReference } from "../../kubeflow/images/reference.ts";
import { hasAdministrator, NEXT_WITHOUT_ADMINISTRATOR } from "../../registry/harbor/administrator.ts";
import { loadRelease } from "../../kubeflow/release/index.ts";
import { releases } from "../../kubeflow/releases/index.ts";
import type { Settings } from "../../settings/parse.ts";
import { OLDEST } from "./needs.ts";

/** What was found out about one thing that an installation needs. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What is there, or what is wrong. */
  readonly detail: string;
  /** What to do where it is wrong. */
  readonly next?: string;
}

export interface Surroundings {
  readonly settings: Settings;
  /** Providers by name, with the version that is needed. */
  readonly plugins: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
}

const REGISTRY_PATIENCE_MS = 10_000;

/** Everything that an installation without a way out needs on this machine; asks nothing but the site's own registry. */
export async function examine({ settings, plugins, env }: Surroundings): Promise<Finding[]> {
  const programs = Object.entries(OLDEST).map(([name, oldest]) => program(name, oldest, env));
  const found = Object.entries(plugins).map(([name, version]) => plugin(name, version, env));
  const findings = await Promise.all([...programs, ...found, manifests(settings, env), mirror(settings)]);
  return [...findings, ...harbor(settings, env)];
}

/** Whoever may make the project of the settings, where one is made. */
function harbor({ airGap }: Settings, env: NodeJS.ProcessEnv): Finding[] {
  if (airGap?.harbor === undefined) return [];
  const name = "sign-in to Harbor";
  return hasAdministrator(airGap.harbor, env)
    ? [{ name, ok: true, detail: "given" }]
    : [{ name, ok: false, detail: "no account is given that may make a project", next: NEXT_WITHOUT_ADMINISTRATOR }];
}

async function program(name: string, oldest: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const next = `put ${name} ${oldest} or newer on the PATH`;
  const file = await onPath(name, env);
  if (file === undefined) return { name, ok: false, detail: "not on the PATH", next };
  const flag = name === "node" ? "--version" : "version";
  const { stdout } = await execa(file, [flag], { env, reject: false, timeout: REGISTRY_PATIENCE_MS });
  const version = versionIn(stdout);
  const ok = version !== undefined && version.localeCompare(oldest, "en", { numeric: true }) >= 0;
  return { name, ok, detail: `${version ?? "of an unknown version"} at ${file}`, ...(ok ? {} : { next }) };
}

/** The CLI unpacks plugins into folders that bear their version. */
async function plugin(name: string, version: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const home = env["PULUMI_HOME"] ?? path.join(env["HOME"] ?? homedir(), ".pulumi");
  const folder = path.join(home, "plugins", `resource-${name}-v${version}`);
  const ok = await exists(path.join(folder, `pulumi-resource-${name}`));
  const next = `pulumi plugin install resource ${name} v${version} --file FILE`;
  return {
    name: `plugin ${name}`,
    ok,
    ...(ok ? { detail: version } : { detail: `${version} is not in ${folder}`, next }),
  };
}

/** The release is found, rendered and compared with its lock, without a download. */
async function manifests(settings: Settings, env: NodeJS.ProcessEnv): Promise<Finding> {
  const { release } = settings;
  const name = `manifests of v${release.version}`;
  try {
    const objects = await loadRelease(releases[release.version], release.source, {
      env: { ...env, [DOWNLOADS_SETTING]: "off", GOPROXY: "off" },
      extras: extrasFor(settings),
    });
    return { name, ok: true, detail: `${objects.length} objects, as locked` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [detail = ""] = error.message.split("\n");
    return { name, ok: false, detail, ...defined({ next: error.next }) };
  }
}

/** As OpenSSL calls an answer that is none of TLS. */
const NO_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";

/** The registry of the settings answers, with a certificate that its authority has signed. */
async function mirror({ airGap }: Settings): Promise<Finding> {
  const name = "mirror";
  if (airGap === undefined) {
    return { name, ok: false, detail: "no registry is set", next: "set airGap.registry: docs/air-gapped.md" };
  }
  const { host } = parseReference(`${airGap.registry}/image`);
  const agent = new Agent({
    connect: { timeout: REGISTRY_PATIENCE_MS, ...(airGap.ca === undefined ? {} : { ca: airGap.ca }) },
    headersTimeout: REGISTRY_PATIENCE_MS,
  });
  try {
    const { statusCode, body } = await request(`https://${host}/v2/`, { dispatcher: agent });
    await body.dump();
    const ok = statusCode === 200 || statusCode === 401;
    const detail = `${host} answers with ${statusCode}`;
    return ok ? { name, ok, detail } : { name, ok, detail, next: "name the registry, not another server of that host" };
  } catch (error) {
    if (systemErrorCode(error) === NO_TLS) {
      return {
        name,
        ok: false,
        detail: `${host} speaks no TLS`,
        next: "give it a certificate: nodes pull by TLS alone",
      };
    }
    const [cause] = (error instanceof Error ? error.message : String(error)).split("\n");
    const next = "check the name, the network and, for a certificate of your own authority, airGap.ca";
    return { name, ok: false, detail: `${host} does not answer: ${cause}`, next };
  } finally {
    await agent.destroy();
  }
}
