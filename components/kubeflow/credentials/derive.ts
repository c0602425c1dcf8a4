import bcrypt from "bcryptjs";
import { derivePassword } from "../../settings/passwords.ts";

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
}

/** Cost of the bcrypt hash, the one that Dex's documentation uses. */
const BCRYPT_COST = 10;

/** Every password of the platform, derived from the stack secret: the same secret gives the same passwords. */
export function credentialsFrom(secret: string): Credentials {
  const adminPassword = derivePassword(secret, "dex/admin");
  return {
    adminPassword,
    adminPasswordHash: bcrypt.hashSync(adminPassword, saltFrom(derivePassword(secret, "dex/admin/salt"))),
    oidcClientSecret: derivePassword(secret, "dex/oidc-client"),
    objectStoreAccessKey: derivePassword(secret, "object-store/access-key"),
    objectStoreSecretKey: derivePassword(secret, "object-store/secret-key"),
    pipelinesDatabasePassword: derivePassword(secret, "pipelines/database"),
    katibDatabasePassword: derivePassword(secret, "katib/database"),
  };
}

/** A salt that does not change between runs, or every run would change the hash. */
function saltFrom(text: string): string {
  const bytes = Uint8Array.from(text.slice(0, 16), (character) => character.charCodeAt(0));
  return `$2b$${BCRYPT_COST}$${bcrypt.encodeBase64(bytes, 16)}`;
}
