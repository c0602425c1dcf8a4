import { defined } from "../../kit/defined.ts";

/** What an image runs on, as an index lists it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Which images of an index are wanted: `all`, or those of these platforms. */
export type PlatformChoice = "all" | readonly Platform[];

const PLATFORM = /^([a-z0-9]+)\/([a-z0-9_]+)(?:\/([a-z0-9.]+))?$/;

/** Reads `all` or `linux/amd64,linux/arm64`. Throws RangeError for anything else. */
export function parsePlatforms(text: string): PlatformChoice {
  if (text === "all") return "all";
  return text.split(",").map((one) => {
    const [, os, architecture, variant] = PLATFORM.exec(one.trim()) ?? [];
    if (os === undefined || architecture === undefined) {
      throw new RangeError(`${JSON.stringify(one)} is not a platform: all, or such as linux/amd64,linux/arm64/v8`);
    }
    return defined({ os, architecture, variant });
  });
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join("/");
}

/** A wanted platform without a variant takes any; arm64 is v8 whether an index says so or not. */
export function isWanted(platform: Platform, choice: PlatformChoice): boolean {
  return (
    choice === "all" ||
    choice.some(
      ({ os, architecture, variant }) =>
        os === platform.os &&
        architecture === platform.architecture &&
        (variant === undefined || variantOf(platform) === variant),
    )
  );
}

function variantOf({ architecture, variant }: Platform): string | undefined {
  return variant ?? (architecture === "arm64" ? "v8" : undefined);
}
