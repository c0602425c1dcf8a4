/** What each password of the platform is for: the label that it is derived with, and rotated by. */
export const CREDENTIAL_LABELS = [
  "dex/admin",
  "dex/oidc-client",
  "object-store/access-key",
  "object-store/secret-key",
  "pipelines/database",
  "katib/database",
] as const;

export type CredentialLabel = (typeof CREDENTIAL_LABELS)[number];

/** How often each password was rotated; what is not named never was. */
export type Rotation = Readonly<Partial<Record<CredentialLabel, number | undefined>>>;
