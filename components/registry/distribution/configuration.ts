/** Where the registry finds its files, and where it keeps what it is given. */
export interface RegistryPaths {
  readonly storage: string;
  readonly certificate: string;
  readonly key: string;
  readonly accounts: string;
}

export interface ConfigurationOptions extends RegistryPaths {
  /** `address:port` that it listens on; without an address on all. */
  readonly listen: string;
  /** Whether pushes and deletions are refused. */
  readonly readOnly: boolean;
}

/** The variable in which distribution reads the key of its upload tokens, which is a secret and not in the file. */
export const HTTP_SECRET = "REGISTRY_HTTP_SECRET";

/** The configuration of distribution 3, without a secret. JSON, which is YAML and has no indentation to get wrong. */
export function configurationOf(options: ConfigurationOptions): string {
  const { storage, certificate, key, accounts, listen, readOnly } = options;
  const configuration = {
    version: 0.1,
    log: { level: "info", formatter: "json" },
    storage: {
      filesystem: { rootdirectory: storage },
      delete: { enabled: true },
      cache: { blobdescriptor: "inmemory" },
      maintenance: {
        // What broken pushes have left.
        uploadpurging: { enabled: true, age: "168h", interval: "24h", dryrun: false },
        readonly: { enabled: readOnly },
      },
    },
    http: {
      addr: listen,
      tls: { certificate, key, minimumtls: "tls1.2" },
      headers: { "X-Content-Type-Options": ["nosniff"] },
    },
    auth: { htpasswd: { realm: "registry", path: accounts } },
    health: { storagedriver: { enabled: true, interval: "10s", threshold: 3 } },
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}
