/**
 * Connectors of Dex 2.36 (`ConnectorsConfig` of its server/server.go). Not among them: its mocks, and authproxy, which
 * believes a header that anybody who reaches Dex through the ingress gateway could set.
 */
export const CONNECTOR_TYPES = [
  "atlassian-crowd",
  "bitbucket-cloud",
  "gitea",
  "github",
  "gitlab",
  "google",
  "keystone",
  "ldap",
  "linkedin",
  "microsoft",
  "oauth",
  "oidc",
  "openshift",
  "saml",
] as const;

export type ConnectorType = (typeof CONNECTOR_TYPES)[number];

/** Those that ask for a password themselves; the others send the browser away and need to be told where back to. */
export const PASSWORD_CONNECTORS: ReadonlySet<ConnectorType> = new Set(["atlassian-crowd", "keystone", "ldap"]);
