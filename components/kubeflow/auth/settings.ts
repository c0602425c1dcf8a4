import { z } from "zod";
import { CONNECTOR_TYPES } from "./connector-types.ts";

const connector = z.strictObject({
  type: z.enum(CONNECTOR_TYPES),
  id: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/, "lower-case letters, digits and dashes"),
  name: z.string().min(1),
  /** As Dex documents the connector's `config`. */
  config: z.record(z.string(), z.json()).default({}),
});

/** `auth`: who signs in, and how. */
export const authSettings = z
  .strictObject({
    /** Owner of the first profile, and the one user that Dex itself knows; admin@<ingress.host> where it is left out. */
    admin: z.email("an e-mail address").optional(),
    /** Whether Dex knows the administrator by a password: the way in until a connector works. */
    passwordLogin: z.boolean().default(true),
    connectors: z.array(connector).default([]),
  })
  .superRefine(({ passwordLogin, connectors }, context) => {
    if (!passwordLogin && connectors.length === 0) {
      const message = "true while there are no connectors, or nobody could sign in";
      context.addIssue({ code: "custom", path: ["passwordLogin"], message });
    }
    for (const [index, { id }] of connectors.entries()) {
      if (id !== "local" && connectors.findIndex((other) => other.id === id) === index) continue;
      const message = "an id of its own; Dex keeps `local` for its passwords";
      context.addIssue({ code: "custom", path: ["connectors", index, "id"], message });
    }
  });

export type AuthSettings = z.infer<typeof authSettings>;
export type ConnectorSettings = AuthSettings["connectors"][number];

/** Paths of these settings that hold secrets, at or below them. */
export const AUTH_SECRETS = ["auth.connectors"] as const;

/** The administrator's address: what Dex and the first profile call them. */
export function adminEmailOf({ admin }: AuthSettings, host: string): string {
  return admin ?? `admin@${host}`;
}
