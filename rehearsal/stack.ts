import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { load, YAMLException } from "js-yaml";
import type { CloudName } from "../components/cluster/contract.ts";
import { systemErrorCode, UserError } from "../components/kit/errors.ts";
import { at } from "../components/kit/objects.ts";
import type { Environment } from "../components/settings/environments.ts";
import { inputOf, parseSettings, PROJECT, type Settings } from "../components/settings/parse.ts";
import { SECRET_PATHS } from "../components/settings/schema.ts";
import { UNREADABLE } from "../components/settings/unreadable.ts";
import type { ConfigValue } from "./host/index.ts";

/** The project's folder, which holds the program and the stack files. */
export const PROGRAM = fileURLToPath(new URL("..", import.meta.url));

/** A stack as the rehearsal runs it. */
export interface Stack {
  readonly settings: Settings;
  /** As Pulumi hands it to the program: `project:key` and text. */
  readonly config: ReadonlyMap<string, ConfigValue>;
}

export interface StackOptions {
  readonly environment: Environment;
  /** The folder of the program and its stack files. @default this project's */
  readonly directory?: string;
  /** A stack file whose settings replace those of `Pulumi.<environment>.yaml`, key by key. */
  readonly configFile?: string;
  /** Replaces the setting `cloud`. Where the settings lack what that needs, {@link STAND_INS} take its place. */
  readonly cloud?: CloudName;
  /** Replace the settings of their names. */
  readonly region?: string;
  readonly project?: string;
  /** Take the place of settings that the stack does not have, by name. */
  readonly standIns?: Readonly<Record<string, string>>;
}

/** Regions and a project of nobody's, for a stack that is looked at on a cloud it has no settings for. */
const STAND_INS: Readonly<Record<CloudName, Readonly<Record<string, string>>>> = {
  existing: {},
  aws: { region: "us-east-1" },
  gcp: { region: "us-central1", project: "kubeflow-rehearsal" },
  digitalocean: { region: "nyc2" },
};

/** Reads the settings of an environment and checks them before anything is started. Throws UserError listing every problem. */
export async function readStack(options: StackOptions): Promise<Stack> {
  const files = [path.join(options.directory ?? PROGRAM, `Pulumi.${options.environment}.yaml`), options.configFile];
  const texts = new Map<string, string>();
  for (const file of files) {
    if (file === undefined) continue;
    for (const [key, value] of Object.entries(await readConfig(path.resolve(file)))) texts.set(key, value);
  }
  for (const name of ["cloud", "region", "project"] as const) {
    const value = options[name];
    if (value !== undefined) texts.set(`${PROJECT}:${name}`, value);
  }
  const ofCloud = options.cloud === undefined ? {} : STAND_INS[options.cloud];
  for (const [name, value] of Object.entries({ ...ofCloud, ...options.standIns })) {
    if ((texts.get(`${PROJECT}:${name}`) ?? "") === "") texts.set(`${PROJECT}:${name}`, value);
  }
  const settings = parseSettings(inputOf(Object.fromEntries(texts)));
  const isSecret = (key: string) => [...SECRET_PATHS].some((secret) => `${PROJECT}:${secret.split(".")[0]}` === key);
  return { settings, config: new Map([...texts].map(([key, value]) => [key, { value, secret: isSecret(key) }])) };
}

/**
 * The stack's configuration for one control plane: its kubeconfig, and a stack secret that lives and dies with it, so
 * that applying again derives the same passwords. `registry` is the control plane of a registry that the stack stands up.
 */
export async function configFor(
  stack: Stack,
  controlPlane: { readonly directory: string; readonly kubeconfig: string },
  registry?: { readonly kubeconfig: string },
): Promise<ReadonlyMap<string, ConfigValue>> {
  const secret = stack.settings.secret ?? (await stackSecret(path.join(controlPlane.directory, "stack-secret")));
  const config = new Map([...stack.config, [`${PROJECT}:secret`, { value: secret, secret: true }]]);
  const airGap = config.get(AIR_GAP);
  if (airGap !== undefined) config.set(AIR_GAP, { ...airGap, value: rehearsable(airGap.value, registry) });
  if (stack.settings.cloud !== "existing") return config;
  const cluster = JSON.parse(stack.config.get(CLUSTER)?.value ?? "{}") as object;
  const reached = JSON.stringify({ ...cluster, kubeconfig: controlPlane.kubeconfig, context: undefined });
  return config.set(CLUSTER, { value: reached, secret: true });
}

const CLUSTER = `${PROJECT}:cluster`;
const AIR_GAP = `${PROJECT}:airGap`;

/** Of a Harbor that is simulated, whoever runs the rehearsal. */
const ADMINISTRATOR = { username: "admin", password: "of a simulated Harbor" };

/**
 * The site's registry need not be reached from here: a rehearsal asks one of its own in its place, and stands one up
 * where nobody works.
 */
function rehearsable(airGap: string, registry: { readonly kubeconfig: string } | undefined): string {
  if (airGap === "") return airGap;
  const { distribution, harbor, ...rest } = JSON.parse(airGap) as {
    readonly distribution?: object;
    readonly harbor?: object;
  };
  const beside = registry && { ...distribution, kubeconfig: registry.kubeconfig, context: undefined };
  const project = harbor && { ...harbor, administrator: ADMINISTRATOR };
  return JSON.stringify({ ...rest, distribution: beside, harbor: project, verify: undefined });
}

async function stackSecret(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
  const secret = randomBytes(36).toString("base64");
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

async function readConfig(file: string): Promise<Record<string, string>> {
  const config = at(await parse(file), "config") ?? {};
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new UserError(`${file}: config is not a map of settings`, { next: "see Pulumi.dev.yaml", exitCode: 2 });
  }
  const plain = Object.entries(config).filter(([, value]) => !isEncrypted(value));
  return Object.fromEntries(
    plain.map(([key, value]: [string, unknown]) => [
      key.includes(":") ? key : `${PROJECT}:${key}`,
      typeof value === "string" ? value : value === null ? "" : JSON.stringify(value, withoutSecrets),
    ]),
  );
}

/** What only the stack's own secrets provider can read; the rehearsal goes without. */
function isEncrypted(value: unknown): boolean {
  return at(value, "secure") !== undefined;
}

function withoutSecrets(_: string, value: unknown): unknown {
  return isEncrypted(value) ? UNREADABLE : value;
}

async function parse(file: string): Promise<unknown> {
  try {
    return load(await readFile(file, "utf8"));
  } catch (error) {
    const problem = error instanceof YAMLException ? `is not YAML: ${error.reason}${lineOf(error)}` : "cannot be read";
    const missing = systemErrorCode(error) === "ENOENT" ? "does not exist" : problem;
    throw new UserError(`the stack file ${file} ${missing}`, {
      next: "give a file such as Pulumi.dev.yaml",
      exitCode: 2,
      cause: error,
    });
  }
}

function lineOf({ mark }: YAMLException): string {
  return mark === undefined ? "" : ` (line ${mark.line + 1})`;
}
