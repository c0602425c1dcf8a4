import type { ObjectStoreSettings } from "./settings.ts";

/** Where an object store is, as its clients want it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  /** Whether it is spoken to over TLS. */
  readonly secure: boolean;
}

const HTTPS = 443;
const HTTP = 80;

/** The address of the store of the settings, `eu-west-1` of S3 and `fra1` of Spaces being part of it. */
export function endpointOf({ provider, region, endpoint }: ObjectStoreSettings): Endpoint {
  switch (provider) {
    case "s3":
      return { host: `s3.${region}.amazonaws.com`, port: HTTPS, region: region ?? "", secure: true };
    case "spaces":
      return { host: `${region}.digitaloceanspaces.com`, port: HTTPS, region: region ?? "", secure: true };
    case "gcs":
      return { host: "storage.googleapis.com", port: HTTPS, region: region ?? "auto", secure: true };
    case "other":
      return endpointAt(endpoint ?? "", { region });
  }
}

/** A store by `host` or `host:port`. */
export function endpointAt(
  address: string,
  { region = "us-east-1", secure = true }: { readonly region?: string | undefined; readonly secure?: boolean },
): Endpoint {
  const [host = "", port] = address.split(":");
  return { host, port: port === undefined ? standardPort(secure) : Number(port), region, secure };
}

/** As most clients write it: the port only where it is another than that of the scheme. */
export function hostAndPort(endpoint: Endpoint): string {
  return isStandardPort(endpoint) ? endpoint.host : `${endpoint.host}:${endpoint.port}`;
}

export function urlOf(endpoint: Endpoint): string {
  return `${endpoint.secure ? "https" : "http"}://${hostAndPort(endpoint)}`;
}

export function isStandardPort({ port, secure }: Endpoint): boolean {
  return port === standardPort(secure);
}

function standardPort(secure: boolean): number {
  return secure ? HTTPS : HTTP;
}
