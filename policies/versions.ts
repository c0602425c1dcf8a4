import { coerce, type Range, satisfies } from "semver";

/**
 * A version as it is written anywhere: `v1.8.0`, `1.31`, `1.34.1-do.0`. Whole numbers alone are none: they are dates and
 * builds. Undefined for anything else.
 */
export function versionOf(text: string): string | undefined {
  const [version] = /\d+(?:\.\d+){1,2}(?!\d)/.exec(text) ?? [];
  return version === undefined ? undefined : (coerce(version)?.version ?? undefined);
}

/** Whether a version, as versionOf gives it, is in a range such as `>=1.9.0`. */
export function isIn(version: string, range: string | Range): boolean {
  return satisfies(version, range);
}

/** `1.34` of `1.34.1`. */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
