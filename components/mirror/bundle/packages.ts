import { access } from "node:fs/promises";
import path from "node:path";
import * as tar from "tar";
import type { Platform } from "./needs.ts";

/** A package of npm's lock. */
interface LockedPackage {
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optional?: boolean;
  readonly libc?: readonly string[];
}

/** Whether there is a file of npm's cache, by its path below the cache's folder. */
export type CacheReader = (file: string) => boolean | Promise<boolean>;

/** Packages of a lock that a machine of this platform installs and a cache does not hold, by name and version. */
export async function missingPackages(lock: string, platform: Platform, has: CacheReader): Promise<string[]> {
  const { packages = {} } = JSON.parse(lock) as { packages?: Record<string, LockedPackage & { version?: string }> };
  const missing: string[] = [];
  for (const [place, entry] of Object.entries(packages)) {
    if (entry.integrity === undefined || !isFor(entry, platform)) continue;
    if (await has(contentFile(entry.integrity))) continue;
    missing.push(`${place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)}@${entry.version}`);
  }
  return [...new Set(missing)].toSorted();
}

/** A cache that lies unpacked in a folder. */
export function cacheIn(folder: string): CacheReader {
  return (file) =>
    access(path.join(folder, file)).then(
      () => true,
      () => false,
    );
}

/** A cache as a bundle carries it. */
export async function cacheOf(archive: string): Promise<CacheReader> {
  const names = new Set<string>();
  await tar.list({ file: archive, onReadEntry: (entry) => names.add(path.posix.normalize(entry.path)) });
  return (file) => names.has(file);
}

/** Where cacache keeps the content of a digest. */
function contentFile(integrity: string): string {
  const [first = ""] = integrity.split(" ");
  const [algorithm = "", digest = ""] = first.split(/-(.*)/);
  const hex = Buffer.from(digest, "base64").toString("hex");
  return path.posix.join("_cacache", "content-v2", algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
}

/** Of optional packages those of another C library may be left out; which one a site has is not known here. */
function isFor({ os, cpu, libc, optional = false }: LockedPackage, platform: Platform): boolean {
  if (optional && libc !== undefined) return false;
  return (os?.includes(platform.os) ?? true) && (cpu?.includes(platform.cpu) ?? true);
}
