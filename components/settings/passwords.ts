import { hkdfSync } from "node:crypto";

/** Base 62: every password can be put into a URL, an environment variable or a shell without quoting. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Characters of a derived password: 32 of 62 are 190 bits. */
export const PASSWORD_LENGTH = 32;

/**
 * A password of the platform, derived from the stack secret: HKDF-SHA-256 (RFC 5869) with the label as info. The same
 * secret, label and generation always give the same password, so lost state loses nothing; another generation rotates it.
 */
export function derivePassword(secret: string, label: string, generation = 0): string {
  const info = `kubeflow-on-pulumi/${label}/${generation}`;
  // Twice the bytes that are needed, since those from 248 up are dropped to keep every character equally likely.
  const bytes = new Uint8Array(hkdfSync("sha256", secret, "", info, PASSWORD_LENGTH * 4));
  const fair = [...bytes].filter((byte) => byte < 248);
  return fair
    .slice(0, PASSWORD_LENGTH)
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join("");
}
