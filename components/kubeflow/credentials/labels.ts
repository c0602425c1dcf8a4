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

/** The same for robot accounts of a registry that the program makes, which are beside the platform. */
export const ROBOT_LABELS = ["registry/pull", "registry/push"] as const;

export type RobotLabel = (typeof ROBOT_LABELS)[number];

/** How often each password was rotated; what is not named never was. */
export type Rotation = Readonly<Partial<Record<CredentialLabel | RobotLabel, number | undefined>>>;
