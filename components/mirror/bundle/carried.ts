import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../kit/errors.ts";
import { Layout } from "../layout/layout.ts";
import type { Failure } from "../transfer/pull.ts";
import type { Registries } from "../registry/index.ts";
import { verifyContent } from "../verify/content.ts";
import type { Verification } from "../verify/findings.ts";
import { verifyRegistry } from "../verify/registry.ts";
import type { WantedImage } from "../list/wanted.ts";
import type { Finding } from "./doctor.ts";
import { checkInventory, unmet } from "./inventory.ts";
import { type Need, PACKAGES_FILE, type Platform } from "./needs.ts";
import { type CacheReader, cacheIn, cacheOf, missingPackages } from "./packages.ts";

const LOCK = new URL("../../../package-lock.json", import.meta.url);
/** So many names are told; more would hide what to do. */
const TOLD = 5;
const CONCURRENCY = 4;

/** What is wrong with a bundle: files that are not what was packed, what it lacks, packages that its cache lacks. */
export async function examineBundle(folder: string, needs: readonly Need[], platform: Platform): Promise<Finding[]> {
  const { inventory, checksum, problems } = await checkInventory(folder);
  const whole: Finding = {
    name: "files of the bundle",
    ...(problems.length === 0
      ? { ok: true, detail: `${inventory.files.length} as packed; inventory ${checksum}` }
      : { ok: false, detail: told(problems), next: `copy ${folder} again from where it was packed` }),
  };
  const lacking = unmet(needs, inventory.files).map(({ name, example, from }): Finding => ({
    name: `${name} in the bundle`,
    ok: false,
    detail: `no ${example}`,
    next: from === undefined ? "pack the bundle again: bundle create" : `bring it; it is published at ${from}`,
  }));
  const packages = inventory.files.some(({ name }) => name === PACKAGES_FILE)
    ? [await examinePackages(await cacheOf(path.join(folder, PACKAGES_FILE)), platform, "in the bundle")]
    : [];
  return [whole, ...lacking, ...packages];
}

/** The npm cache that the environment names, where it names one. */
export async function examineCache(env: NodeJS.ProcessEnv, platform: Platform): Promise<Finding[]> {
  const folder = env["npm_config_cache"];
  if (folder === undefined || env["npm_config_offline"] !== "true") return [];
  return [await examinePackages(cacheIn(folder), platform, `in ${folder}`)];
}

async function examinePackages(has: CacheReader, platform: Platform, where: string): Promise<Finding> {
  const missing = await missingPackages(await readFile(LOCK, "utf8"), platform, has);
  const name = `npm packages ${where}`;
  if (missing.length === 0) return { name, ok: true, detail: "all of package-lock.json" };
  const next = `pack the bundle again with --platform ${platform.os}-${platform.cpu}, from the project as it is here`;
  return { name, ok: false, detail: `${missing.length} missing: ${told(missing)}`, next };
}

/** Whether a folder holds every image, whole. */
export async function examineLayout(folder: string, wanted: readonly WantedImage[]): Promise<Finding> {
  const name = `images in ${folder}`;
  try {
    const content = await Layout.open(folder);
    const options = { deep: false, concurrency: CONCURRENCY, report: () => undefined };
    const verification = await verifyContent(content, wanted, options).finally(() => content.close());
    return imagesFinding(name, wanted, verification, `npm run mirror -- pull -o ${folder}, and carry it over again`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name, ok: false, detail: firstLine(error), next: `npm run mirror -- pull -o ${folder}` };
  }
}

/** Whether a registry serves every image, whole; it is asked for manifests and for sizes of blobs. */
export async function examineRegistry(
  to: string,
  registries: Registries,
  wanted: readonly WantedImage[],
): Promise<Finding> {
  const options = { deep: false, concurrency: CONCURRENCY, report: () => undefined };
  const verification = await verifyRegistry(to, registries, wanted, options);
  return imagesFinding("images in the mirror", wanted, verification, `npm run mirror -- push FOLDER --to ${to}`);
}

function imagesFinding(
  name: string,
  wanted: readonly WantedImage[],
  { failures, left }: Verification,
  next: string,
): Finding {
  const concerned = failures.filter(({ reference }) => wanted.some((image) => image.reference === reference));
  // What a delta leaves out only the registry can prove.
  const rest = left === undefined ? "" : `, with ${left.images} images and ${left.blobs} blobs that the site has`;
  if (concerned.length === 0) return { name, ok: true, detail: `all ${wanted.length}, whole${rest}` };
  const detail = `${concerned.length} of ${wanted.length} missing or not whole: ${told(concerned.map(failureText))}`;
  const own = concerned.map(({ error }) => (error instanceof UserError ? error.next : undefined));
  const [first] = own;
  const isShared = first !== undefined && own.every((one) => one === first);
  return { name, ok: false, detail, next: isShared ? first : next };
}

function failureText({ reference, error }: Failure): string {
  const message = firstLine(error);
  return message.includes(reference) ? message : `${reference}: ${message}`;
}

/** What comes after it says what to do, which a finding says once. */
function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line;
}

function told(lines: readonly string[]): string {
  const more = lines.length - TOLD;
  return [...lines.slice(0, TOLD), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
