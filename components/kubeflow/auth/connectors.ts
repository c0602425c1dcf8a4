import { type ConnectorType, PASSWORD_CONNECTORS } from "./connector-types.ts";

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

interface Connector {
  readonly type: ConnectorType;
  readonly id: string;
  readonly name: string;
  readonly config: Readonly<Record<string, Json>>;
}

/** Connectors as Dex's configuration file names them, and the environment that holds what nobody may read there. */
export interface ConnectorConfiguration {
  readonly connectors: readonly Connector[];
  readonly environment: Readonly<Record<string, string>>;
}

/** `clientSecret`, `bindPW`, `keystonePassword`, `clientKey`: wherever a name says so, the value is a secret. */
const SECRET_NAME = /secret|password|pw$|token|credential|(client|private)key$/i;

/**
 * Moves secrets out of connectors' configuration. Dex expands `$NAME` in its JSON as it stands (`os.ExpandEnv` on
 * the raw text), so a value is escaped as JSON there, and one with a dollar sign must move as well or it would vanish.
 */
export function connectorConfiguration(connectors: readonly Connector[], issuer: string): ConnectorConfiguration {
  const environment: Record<string, string> = {};
  const moved = connectors.map(({ type, id, name, config }, index) => {
    const hide = (value: string): string => {
      const variable = `CONNECTOR_${index}_${Object.keys(environment).length}`;
      environment[variable] = JSON.stringify(value).slice(1, -1);
      return `\${${variable}}`;
    };
    const defaults = PASSWORD_CONNECTORS.has(type) ? {} : { redirectURI: `${issuer}/callback` };
    const complete: Readonly<Record<string, Json>> = { ...defaults, ...config };
    return { type, id, name, config: hidden(complete, false, hide) as Readonly<Record<string, Json>> };
  });
  return { connectors: moved, environment };
}

function hidden(value: Json, isSecret: boolean, hide: (value: string) => string): Json {
  if (typeof value === "string") return isSecret || value.includes("$") ? hide(value) : value;
  if (Array.isArray(value)) return value.map((item: Json) => hidden(item, isSecret, hide));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(
    entries.map(([key, field]) => [key, hidden(field, isSecret || SECRET_NAME.test(key), hide)]),
  );
}
