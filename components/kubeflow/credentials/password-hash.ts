import bcrypt from "bcryptjs";

/** Bytes of a password that bcrypt looks at; it ignores what comes after them. */
export const LONGEST_HASHED = 72;

/** The bcrypt hash of a password. The salt is 16 characters or more that do not change between runs, or every run would change the hash. */
export function bcryptHash(password: string, salt: string, cost: number): string {
  const bytes = Uint8Array.from(salt.slice(0, 16), (character) => character.charCodeAt(0));
  const rounds = String(cost).padStart(2, "0");
  return bcrypt.hashSync(password, `$2b$${rounds}$${bcrypt.encodeBase64(bytes, 16)}`);
}
