import type { Credentials } from "./derive.ts";
import type { CredentialLabel } from "./labels.ts";

/** What is put in the place of a public password, and the label that it is rotated by. */
export const LABEL_OF = {
  adminPasswordHash: "dex/admin",
  oidcClientSecret: "dex/oidc-client",
  objectStoreAccessKey: "object-store/access-key",
  objectStoreSecretKey: "object-store/secret-key",
  pipelinesDatabasePassword: "pipelines/database",
  katibDatabasePassword: "katib/database",
} as const satisfies Partial<Record<keyof Credentials, CredentialLabel>>;

/** Where a release ships public passwords, or empty ones. Ids are those of `objectId`. */
export interface CredentialPlaces {
  /** By Secret and key. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, keyof typeof LABEL_OF>>>>;
  /** The ConfigMap of Dex, whose users get their hash from a variable of its environment. */
  readonly users: { readonly id: string; readonly variable: string };
  /** Databases that let anybody in as shipped, and the Secret that their root password is read from where they read none. */
  readonly databases: Readonly<Record<string, { readonly password?: { readonly name: string; readonly key: string } }>>;
}
