import { createHash } from "node:crypto";
import { z } from "zod";

/** `sha256:` and 64 hexadecimal digits: the only algorithm that registries agree on, and the only one taken here. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === "string" && DIGEST.test(value);
}

export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

export function digestOf(content: Uint8Array | string): Digest {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** For messages: enough to find it. */
export function short(digest: Digest): string {
  return digest.slice(0, "sha256:".length + 12);
}

/** A digest in JSON that comes from outside. */
export const digestSchema = z.custom<Digest>(isDigest, "is not sha256: and 64 hexadecimal digits");
