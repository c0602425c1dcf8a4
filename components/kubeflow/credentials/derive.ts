import { createHmac } from "node:crypto";
import { derivePassword } from "../../settings/passwords.ts";
import { CREDENTIAL_LABELS, type CredentialLabel, type Rotation } from "./labels.ts";
import { bcryptHash } from "./password-hash.ts";

/** The passwords of a platform. Plain text: whoever puts one into a resource makes it a Pulumi secret. */
export interface Credentials {
  /** Of the first user, who signs in before a real identity provider is connected. */
  readonly adminPassword: string;
  /** Its bcrypt hash, which is all that Dex gets. */
  readonly adminPasswordHash: string;
  /** Shared by Dex and its only client, the authservice. */
  readonly oidcClientSecret: string;
  readonly objectStoreAccessKey: string;
  readonly objectStoreSecretKey: string;
  readonly pipelinesDatabasePassword: string;
  readonly katibDatabasePassword: string;
  /** By label, `<generation>-<8 hexadecimal digits>`: changes whenever the password does, and tells nothing of it. */
  readonly fingerprints: Readonly<Record<CredentialLabel, string>>;
  /** Key of `fingerprintOf`. */
  readonly fingerprintKey: string;
}

/** Cost of the bcrypt hash, the one that Dex's documentation uses. */
const BCRYPT_COST = 10;

/**
 * Every password of the platform, derived from the stack secret: the same secret and rotation give the same passwords.
 */
export function credentialsFrom(secret: string, rotation: Rotation = {}): Credentials {
  const derived = (label: CredentialLabel) => derivePassword(secret, label, rotation[label]);
  const salt = derivePassword(secret, "dex/admin/salt", rotation["dex/admin"]);
  const adminPassword = derived("dex/admin");
  const fingerprintKey = fingerprintKeyOf(secret);
  const fingerprints = CREDENTIAL_LABELS.map((label) => {
    const generation = rotation[label] ?? 0;
    return [label, `${generation}-${fingerprintOf(fingerprintKey, `${label}/${generation}`)}`] as const;
  });
  return {
    adminPassword,
    adminPasswordHash: bcryptHash(adminPassword, salt, BCRYPT_COST),
    oidcClientSecret: derived("dex/oidc-client"),
    objectStoreAccessKey: derived("object-store/access-key"),
    objectStoreSecretKey: derived("object-store/secret-key"),
    pipelinesDatabasePassword: derived("pipelines/database"),
    katibDatabasePassword: derived("katib/database"),
    fingerprints: Object.fromEntries(fingerprints) as Record<CredentialLabel, string>,
    fingerprintKey,
  };
}

/** The key of `fingerprintOf` of a stack. */
export function fingerprintKeyOf(secret: string): string {
  return derivePassword(secret, "fingerprint");
}

/** Eight hexadecimal digits that change with a text. Keyed, so that nobody can try guesses of a short secret on them. */
export function fingerprintOf(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex").slice(0, 8);
}
