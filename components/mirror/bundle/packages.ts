import path from "node:path";
import * as tar from "tar";
import { exists } from "../../kit/files.ts";
import type { Platform } from "./needs.ts";

/** A package of npm's lock. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optional?: boolean;
  readonly libc?: readonly string[];
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

const FOLDER = "node_modules/";

/** Whether there is a file of npm's cache, by its path below the cache's folder. */
export type CacheReader = (file: string) => boolean | Promise<boolean>;

/** Packages of a lock that a machine of this platform installs and a cache does not hold, by name and version. */
export async function missingPackages(lock: string, platform: Platform, has: CacheReader): Promise<string[]> {
  const { packages = {} } = JSON.parse(lock) as { packages?: Record<string, LockedPackage> };
  const installed = installedOn(platform, packages);
  const missing: string[] = [];
  for (const [place, entry] of installed) {
    if (entry.integrity === undefined || (await has(contentFile(entry.integrity)))) continue;
    missing.push(`${nameOf(place)}@${entry.version}`);
  }
  return [...new Set(missing)].toSorted();
}

/** What the root leads to by packages that this platform has: what only another platform's package needs is left out. */
function installedOn(platform: Platform, packages: Readonly<Record<string, LockedPackage>>): [string, LockedPackage][] {
  const fitting = Object.entries(packages).filter(([, entry]) => isFor(entry, platform));
  const byName = Map.groupBy(fitting, ([place]) => nameOf(place));
  const found = new Set<string>();
  const next = [nameOf("")];
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const [, entry] of byName.get(name) ?? []) {
      const { dependencies, devDependencies, optionalDependencies, peerDependencies } = entry;
      next.push(...Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies }));
    }
  }
  return fitting.filter(([place]) => found.has(nameOf(place)));
}

/** `@x/b` of `node_modules/a/node_modules/@x/b`; nothing of the root. */
function nameOf(place: string): string {
  return place === "" ? "" : place.slice(place.lastIndexOf(FOLDER) + FOLDER.length);
}

/** A cache that lies unpacked in a folder. */
export function cacheIn(folder: string): CacheReader {
  return (file) => exists(path.join(folder, file));
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
