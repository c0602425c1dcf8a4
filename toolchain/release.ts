import { chmod, rename, rm } from "node:fs/promises";
import path from "node:path";
import { extract } from "tar";
import { UserError } from "../components/kit/errors.ts";
import { Downloader, Unavailable } from "./download.ts";
import { makeEntry, type Provenance } from "./entry.ts";
import type { Pin, Release } from "./pins.ts";
import type { Context, Found } from "./source.ts";

/** The environment variable that forbids downloads of binaries with `off`. Go modules have GOPROXY. */
export const DOWNLOADS_SETTING = "KUBEFLOW_DOWNLOADS";

/**
 * Official downloads, each checked against the SHA-256 that its publisher serves. What cannot be reached is left to the
 * next source; a download that does not match is never used and throws UserError.
 */
export async function fromReleases(pins: readonly Pin[], context: Context): Promise<readonly Found[]> {
  if (!downloadsAllowed(context.env)) {
    context.reasons.push(`downloads are switched off (${DOWNLOADS_SETTING}=off)`);
    return [];
  }
  const downloader = new Downloader(context);
  const found: Found[] = [];
  try {
    for (const pin of pins) {
      if (pin.release === undefined) {
        context.reasons.push(`${pin.tool} has no official download with a checksum for this platform`);
        continue;
      }
      const one = await fromRelease(pin, pin.release, downloader, context);
      if (one !== undefined) found.push(one);
    }
  } finally {
    await downloader.close();
  }
  return found;
}

async function fromRelease(
  pin: Pin,
  release: Release,
  downloader: Downloader,
  context: Context,
): Promise<Found | undefined> {
  try {
    return await makeEntry(pin, context, (file) => fetchBinary(pin, release, file, downloader, context));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    if (!context.reasons.includes(error.message)) {
      context.reasons.push(error.message);
      context.report(error.message);
    }
    return undefined;
  }
}

async function fetchBinary(
  pin: Pin,
  release: Release,
  file: string,
  downloader: Downloader,
  context: Context,
): Promise<Provenance> {
  const { url, checksums, member } = release;
  const published = publishedDigest(await downloader.text(checksums), fileName(url));
  if (published === undefined) throw new Unavailable(`${checksums} has no SHA-256 for ${fileName(url)}`);
  context.report(`downloading ${pin.tool} ${pin.version} from ${url}`);
  const download = `${file}.download`;
  const digest = await downloader.save(url, download);
  if (digest !== published) throw mismatch(pin, release, digest, published);
  if (member === undefined) await rename(download, file);
  else await unpack(download, member, file);
  await chmod(file, 0o755);
  return { origin: "release", from: url, sha256: digest, checksums };
}

async function unpack(archive: string, member: string, file: string): Promise<void> {
  const folder = `${file}.unpacked`;
  await extract({ file: archive, cwd: path.dirname(file), strict: true, newer: false }, [member]);
  await rename(path.join(path.dirname(file), member), folder);
  await rm(path.join(path.dirname(file), member.split("/")[0] ?? ""), { recursive: true, force: true });
  await rm(archive);
  await rename(folder, file);
}

/** The digest of `name` in a checksum file: lines of digest and name, or one bare digest. */
export function publishedDigest(text: string, name: string): string | undefined {
  const bare = /^([0-9a-f]{64})$/i.exec(text.trim())?.[1];
  if (bare !== undefined) return bare.toLowerCase();
  for (const line of text.split("\n")) {
    const [, digest, listed] = /^([0-9a-f]{64})\s+\*?(?:\.\/)?(\S+)\s*$/i.exec(line) ?? [];
    if (listed === name) return digest?.toLowerCase();
  }
  return undefined;
}

/** Whether binaries may be downloaded. Throws UserError for a value that is neither `on` nor `off`. */
export function downloadsAllowed(env: NodeJS.ProcessEnv): boolean {
  const value = env[DOWNLOADS_SETTING] ?? "";
  if (value === "on" || value === "") return true;
  if (value === "off") return false;
  throw new UserError(`${DOWNLOADS_SETTING}=${value} is neither on nor off`, {
    next: `set ${DOWNLOADS_SETTING}=on or ${DOWNLOADS_SETTING}=off`,
    exitCode: 2,
  });
}

function mismatch(pin: Pin, release: Release, digest: string, published: string): UserError {
  return new UserError(
    `${pin.tool} ${pin.version} is refused: ${release.url} has SHA-256 ${digest}, but ${release.checksums} says ${published}`,
    { next: `run it again; if it stays, build from source instead: ${DOWNLOADS_SETTING}=off` },
  );
}

function fileName(url: string): string {
  return decodeURIComponent(path.posix.basename(new URL(url).pathname));
}
