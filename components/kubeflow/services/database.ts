import { type KubernetesObject, labelsAt } from "../../kit/objects.ts";
import { changedContainer } from "../images/change.ts";
import type { ReleaseServices } from "./release.ts";
import type { DatabaseSettings } from "./settings.ts";
import { fromSecret, withData, withFolder, withSecretValues, withVariables } from "./workload.ts";

type Change = (object: KubernetesObject) => KubernetesObject;

const AUTHORITY = { name: "database-authority", path: "/etc/database-authority", file: "ca.crt" };
const METADATA_CONFIG = { name: "metadata-store-config", path: "/etc/metadata-store", file: "config.pbtxt" };
const KATIB_SECRET = "katib-database";

/** What go-sql-driver takes in an address: how long to wait for a connection, an answer, and for the server to take a request. */
const PATIENCE = { timeout: "10s", readTimeout: "2m", writeTimeout: "2m" };

/** How go-sql-driver names the ways to use TLS. */
const GO_TLS = { verify: "true", encrypt: "skip-verify", off: "false" } as const;

/** Seconds that Katib waits for its database when it starts; its liveness probe gives it 310. */
const KATIB_PATIENCE_SECONDS = 300;

/** Pipelines with an external database, by the ids of the objects that change. */
export function pipelinesDatabase(
  settings: DatabaseSettings,
  release: ReleaseServices,
): Readonly<Record<string, Change>> {
  const { host, port, username, password } = settings;
  const address = { host, port: String(port) };
  return {
    [release.databaseSecret]: (object) => withSecretValues(object, { username, password }),
    [release.configuration]: (object) =>
      withData(object, {
        dbHost: address.host,
        dbPort: address.port,
        mysqlHost: address.host,
        mysqlPort: address.port,
      }),
    [release.apiServer.id]: (object) =>
      trusting(
        withVariables(object, release.apiServer.container, [
          { name: "DBCONFIG_MYSQLCONFIG_EXTRAPARAMS", value: extraParameters(settings) },
        ]),
        release.apiServer.container,
        settings,
      ),
    [release.cacheServer.id]: (object) =>
      trusting(
        withArguments(object, release.cacheServer.container, (shipped) => [
          ...shipped,
          `--db_extra_params=${extraParameters(settings)}`,
        ]),
        release.cacheServer.container,
        settings,
      ),
    [release.metadataStore.id]: (object) => withMetadataConfig(object, release.metadataStore.container, settings),
  };
}

/** What Pipelines needs beside: the database's authority, the metadata store's configuration, and its way out. */
export function pipelinesDatabaseObjects(
  settings: DatabaseSettings,
  metadataStore: KubernetesObject,
  { namespace, databases }: ReleaseServices,
): KubernetesObject[] {
  const { tls } = settings;
  const authority: KubernetesObject[] =
    tls.ca === undefined
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: AUTHORITY.name, namespace },
            data: { [AUTHORITY.file]: tls.ca },
          },
        ];
  return [
    ...authority,
    secret(METADATA_CONFIG.name, namespace, { [METADATA_CONFIG.file]: metadataConfig(settings, databases.metadata) }),
    wayOut(metadataStore, settings),
  ];
}

/** Katib with an external database. Its program builds the address itself and leaves no place in it for TLS. */
export function katibDatabase(
  { host, port }: DatabaseSettings,
  release: ReleaseServices,
): Readonly<Record<string, Change>> {
  const { id, container } = release.katibDatabaseManager;
  return {
    [id]: (object) =>
      withArguments(
        withVariables(object, container, [
          fromSecret("DB_USER", KATIB_SECRET, "username"),
          fromSecret("DB_PASSWORD", KATIB_SECRET, "password"),
          { name: "KATIB_MYSQL_DB_HOST", value: host },
          { name: "KATIB_MYSQL_DB_PORT", value: String(port) },
        ]),
        container,
        (shipped) => [...shipped, `--connect-timeout=${KATIB_PATIENCE_SECONDS}s`],
      ),
  };
}

export function katibDatabaseObjects(
  settings: DatabaseSettings,
  manager: KubernetesObject,
  { namespace }: ReleaseServices,
): KubernetesObject[] {
  const { username, password } = settings;
  return [secret(KATIB_SECRET, namespace, { username, password }), wayOut(manager, settings)];
}

function extraParameters({ tls }: DatabaseSettings): string {
  return JSON.stringify({ ...PATIENCE, tls: GO_TLS[tls.mode] });
}

/** Go looks for authorities in this folder, too, beside the image's own file of them. */
function trusting(object: KubernetesObject, container: string, { tls }: DatabaseSettings): KubernetesObject {
  if (tls.ca === undefined) return object;
  const trusted = withVariables(object, container, [{ name: "SSL_CERT_DIR", value: AUTHORITY.path }]);
  return withFolder(trusted, container, { ...AUTHORITY, source: { configMap: { name: AUTHORITY.name } } });
}

/** Only the file has a place for TLS. With `config_file` a damaged one is an error, not a database in memory. */
function withMetadataConfig(object: KubernetesObject, container: string, { tls }: DatabaseSettings): KubernetesObject {
  const configured = changedContainer(object, container, ({ env: _, ...shipped }) => ({
    ...shipped,
    args: [
      "--grpc_port=8080",
      "--metadata_source_config_type=config_file",
      `--metadata_store_server_config_file=${METADATA_CONFIG.path}/${METADATA_CONFIG.file}`,
    ],
  }));
  const source = { secret: { secretName: METADATA_CONFIG.name } };
  const mounted = withFolder(configured, container, { ...METADATA_CONFIG, source });
  if (tls.ca === undefined) return mounted;
  return withFolder(mounted, container, { ...AUTHORITY, source: { configMap: { name: AUTHORITY.name } } });
}

/** MetadataStoreServerConfig of ML Metadata, in the text form of protocol buffers. */
function metadataConfig({ host, port, username, password, tls }: DatabaseSettings, database: string): string {
  const options = {
    verify: `ssl_options { ca: ${JSON.stringify(`${AUTHORITY.path}/${AUTHORITY.file}`)} verify_server_cert: true }`,
    encrypt: "ssl_options { verify_server_cert: false }",
    off: "",
  }[tls.mode];
  return [
    "connection_config {",
    "  mysql {",
    `    host: ${JSON.stringify(host)}`,
    `    port: ${port}`,
    `    database: ${JSON.stringify(database)}`,
    `    user: ${JSON.stringify(username)}`,
    `    password: ${JSON.stringify(password)}`,
    ...(options === "" ? [] : [`    ${options}`]),
    "  }",
    "}",
    "migration_options { enable_upgrade_migration: true }",
    "",
  ].join("\n");
}

function withArguments(
  object: KubernetesObject,
  container: string,
  change: (shipped: readonly unknown[]) => readonly unknown[],
): KubernetesObject {
  return changedContainer(object, container, (shipped) => ({
    ...shipped,
    args: change((shipped["args"] ?? []) as readonly unknown[]),
  }));
}

function secret(name: string, namespace: string, stringData: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "Opaque",
    stringData,
  };
}

/** Opens the database to a workload that reaches nothing but what it is known to need. */
function wayOut(workload: KubernetesObject, { addresses, port }: DatabaseSettings): KubernetesObject {
  const { name, namespace = "default" } = workload.metadata;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: {
      name: `${name}-to-database`,
      namespace,
      annotations: { "kubernetes.io/description": "the external database" },
    },
    spec: {
      podSelector: { matchLabels: labelsAt(workload, "spec", "selector", "matchLabels") },
      policyTypes: ["Egress"],
      egress: [{ to: addresses.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ port, protocol: "TCP" }] }],
    },
  };
}
