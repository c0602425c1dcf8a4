import { Argument, type Command } from "commander";
import { readStack } from "../../../rehearsal/stack.ts";
import { UserError } from "../../kit/errors.ts";
import type { AirGapSettings } from "../../kubeflow/air-gap/settings.ts";
import { releases } from "../../kubeflow/releases/index.ts";
import { type Environment, environments } from "../../settings/environments.ts";
import type { Settings } from "../../settings/parse.ts";
import { examineBundle, examineCache, examineLayout, examineRegistry } from "../bundle/carried.ts";
import { examine, type Finding } from "../bundle/doctor.ts";
import { needsOf, type Platform } from "../bundle/needs.ts";
import { pluginsFor } from "../bundle/plugins.ts";
import { closedList } from "../list/closed-list.ts";
import { objectsOf } from "../list/program.ts";
import { readLock, withKnown } from "../list/lock.ts";
import { Registries } from "../registry/index.ts";
import { parseWanted, type WantedImage } from "../list/wanted.ts";

interface Flags {
  readonly config?: string;
  readonly bundle?: string;
  readonly images?: string;
  readonly json?: boolean;
}

export function doctorVerb(program: Command): void {
  program
    .command("doctor")
    .description("at the site: says what an installation without a way out still lacks on this machine")
    .addArgument(new Argument("<environment>", "the stack").choices(Object.keys(environments)))
    .option("--config <file>", "a stack file whose settings replace those of Pulumi.<environment>.yaml")
    .option("--bundle <folder>", "look into this bundle as well: its files, and what it lacks")
    .option("--images <folder>", "look into this layout as well: whether every image of the stack is in it, whole")
    .option("--json", "end with one JSON object on standard output")
    .action(doctor);
}

async function doctor(environment: Environment, { config, bundle, images, json = false }: Flags): Promise<void> {
  const { settings } = await readStack({ environment, ...(config === undefined ? {} : { configFile: config }) });
  const plugins = await pluginsFor(settings.cloud, settings.airGap?.harbor !== undefined);
  const found = await examine({ settings, plugins, env: process.env });
  const findings = [...found, ...(await examineContents(settings, found, { plugins, bundle, images }))];
  const missing = findings.filter(({ ok }) => !ok);
  if (json) process.stdout.write(`${JSON.stringify({ ok: missing.length === 0, findings })}\n`);
  else process.stdout.write(findings.map(told).join(""));
  if (missing.length > 0) throw new UserError(`missing: ${missing.map(({ name }) => name).join(", ")}`);
}

interface Carried {
  readonly plugins: Readonly<Record<string, string>>;
  readonly bundle: string | undefined;
  readonly images: string | undefined;
}

/** What was carried over; images can only be told by manifests that are there. */
async function examineContents(
  settings: Settings,
  found: readonly Finding[],
  { plugins, bundle, images }: Carried,
): Promise<Finding[]> {
  const platform = here();
  const has = (name: string) => found.some((finding) => finding.name === name && finding.ok);
  const release = releases[settings.release.version];
  const wanted = has(`manifests of v${release.version}`) ? await wantedBy(settings) : [];
  const registry = has("mirror") && wanted.length > 0 ? settings.airGap : undefined;
  return [
    ...(await examineCache(process.env, platform)),
    ...(bundle === undefined ? [] : await examineBundle(bundle, needsOf(release, plugins, platform), platform)),
    ...(images === undefined || wanted.length === 0 ? [] : [await examineLayout(images, wanted)]),
    ...(registry === undefined ? [] : [await registryFinding(registry, wanted)]),
  ];
}

/** Signed in as docker or containers are on this machine. */
async function registryFinding({ registry, ca }: AirGapSettings, wanted: readonly WantedImage[]): Promise<Finding> {
  const registries = new Registries(ca === undefined ? {} : { ca: [ca] });
  return examineRegistry(registry, registries, wanted).finally(() => registries.close());
}

/** What the stack pulls, with the digests that the lock knows. */
async function wantedBy(settings: Settings): Promise<readonly WantedImage[]> {
  const listed = closedList(await objectsOf(settings), releases[settings.release.version].images);
  return parseWanted(
    JSON.stringify({ version: 1, release: "", images: withKnown(listed, (await readLock()).images) }),
    "",
  );
}

/** The machine that this runs on, as bundles are packed for. */
function here(): Platform {
  return { os: process.platform === "darwin" ? "darwin" : "linux", cpu: process.arch === "arm64" ? "arm64" : "x64" };
}

function told({ name, ok, detail, next }: Finding): string {
  return `${ok ? "ok     " : "missing"}  ${name}: ${detail}\n${next === undefined ? "" : `         ${next}\n`}`;
}
