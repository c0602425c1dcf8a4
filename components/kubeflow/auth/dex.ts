import { dump, load } from "js-yaml";
import { at, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";
import { withPodTemplate } from "../pod-template.ts";
import type { ConnectorConfiguration } from "./connectors.ts";

/** Secret with the environment that Dex expands in its connectors' configuration. */
export const CONNECTOR_SECRET = "dex-connectors";

export interface DexOptions {
  readonly issuer: string;
  /** Where the authservice is sent the browser back to. */
  readonly redirectUrl: string;
  readonly admin: string;
  readonly passwordLogin: boolean;
  readonly connectors: ConnectorConfiguration["connectors"];
}

/** Dex's ConfigMap: the public issuer, one client, connectors, and one user with a password where that is wanted. */
export function configuredDex(object: KubernetesObject, options: DexOptions): KubernetesObject {
  const data = object["data"] as Readonly<Record<string, string>>;
  const shipped = load(data["config.yaml"] ?? "") as Readonly<Record<string, unknown>>;
  const { staticPasswords, ...rest } = shipped;
  const config = {
    ...rest,
    issuer: options.issuer,
    logger: { level: "info", format: "text" },
    enablePasswordDB: options.passwordLogin,
    ...(options.passwordLogin ? { staticPasswords: [administrator(shipped, options.admin)] } : {}),
    staticClients: listAt(shipped, "staticClients").map((client) => ({
      ...(client as object),
      redirectURIs: [options.redirectUrl],
    })),
    ...(options.connectors.length === 0 ? {} : { connectors: options.connectors }),
  };
  return { ...object, data: { ...data, "config.yaml": dump(config, { lineWidth: -1 }) } };
}

/** The shipped user keeps what holds the hash; who it is comes from the settings. */
function administrator(shipped: unknown, email: string): object {
  const user = at(shipped, "staticPasswords", 0) as object;
  return { ...user, email, username: email.slice(0, email.lastIndexOf("@")), userID: "admin" };
}

/** Dex's Secret without the hash of a password that nobody signs in with. */
export function withoutPassword(object: KubernetesObject, variable: string): KubernetesObject {
  const { [variable]: _, ...values } = at(object, "stringData") as Readonly<Record<string, string>>;
  return { ...object, stringData: values };
}

export function connectorSecret(
  environment: ConnectorConfiguration["environment"],
  namespace: string,
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: CONNECTOR_SECRET, namespace },
    type: "Opaque",
    stringData: environment,
  };
}

/** Dex with the connectors' secrets in its environment. */
export function withConnectorSecret(object: KubernetesObject): KubernetesObject {
  return withPodTemplate(object, (template) => {
    const containers = listAt(template.spec, "containers").map((container) =>
      textAt(container, "name") === "dex"
        ? {
            ...(container as object),
            envFrom: [...listAt(container, "envFrom"), { secretRef: { name: CONNECTOR_SECRET } }],
          }
        : container,
    );
    return { ...template, spec: { ...template.spec, containers } };
  });
}
