import { dump, load } from "js-yaml";
import { type KubernetesObject, textAt } from "../../kit/objects.ts";
import { withProfileServices } from "./profile-program.ts";
import type { ReleaseServices } from "./release.ts";
import type { ObjectStoreSettings } from "./settings.ts";
import { fromSecret, type Variable, withData, withSecretValues, withVariables } from "./workload.ts";

type Change = (object: KubernetesObject) => KubernetesObject;

/** Where a store is, as its clients want it. */
interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly region: string;
}

const HTTPS = 443;

/** Pipelines with an external object store, spoken to in the language of S3, by the ids of the objects that change. */
export function objectStore(settings: ObjectStoreSettings, release: ReleaseServices): Readonly<Record<string, Change>> {
  const { bucket, accessKey, secretKey } = settings;
  const endpoint = endpointOf(settings);
  const { name: secret } = release.objectStoreSecret;
  const root = `s3://${bucket}/v2/artifacts`;
  const providers = JSON.stringify(providersOf(endpoint, secret));
  return {
    [release.objectStoreSecret.id]: (object) =>
      withSecretValues(object, { accesskey: accessKey, secretkey: secretKey }),
    [release.configuration]: (object) => withData(object, { bucketName: bucket, defaultPipelineRoot: root }),
    [release.launcher]: (object) => withData(object, { defaultPipelineRoot: root, providers }),
    [release.workflows]: (object) => withArtifactRepository(object, endpoint, bucket),
    [release.apiServer.id]: (object) =>
      withVariables(object, release.apiServer.container, [
        { name: "OBJECTSTORECONFIG_HOST", value: endpoint.host },
        ...(endpoint.port === HTTPS ? [] : [{ name: "OBJECTSTORECONFIG_PORT", value: String(endpoint.port) }]),
        { name: "OBJECTSTORECONFIG_REGION", value: endpoint.region },
        { name: "OBJECTSTORECONFIG_SECURE", value: "true" },
      ]),
    [release.userInterface.id]: (object) =>
      withVariables(object, release.userInterface.container, [
        ...interfaceVariables(endpoint, secret),
        { name: "ARGO_ARCHIVE_BUCKETNAME", value: bucket },
      ]),
    [release.profileProgram.id]: (object) => withProfileServices(object, release.profileProgram),
    [release.profileController.id]: (object) =>
      withVariables(object, release.profileController.container, [
        { name: "KFP_LAUNCHER_PROVIDERS", value: providers },
        { name: "KFP_ARTIFACT_SERVER_ENV", value: JSON.stringify(interfaceVariables(endpoint, secret)) },
      ]),
  };
}

/** The address of a store, `eu-west-1` of S3 and `fra1` of Spaces being part of it. */
export function endpointOf({ provider, region, endpoint }: ObjectStoreSettings): Endpoint {
  switch (provider) {
    case "s3":
      return { host: `s3.${region}.amazonaws.com`, port: HTTPS, region: region ?? "" };
    case "spaces":
      return { host: `${region}.digitaloceanspaces.com`, port: HTTPS, region: region ?? "" };
    case "gcs":
      return { host: "storage.googleapis.com", port: HTTPS, region: region ?? "auto" };
    case "other": {
      const [host = "", port] = (endpoint ?? "").split(":");
      return { host, port: port === undefined ? HTTPS : Number(port), region: region ?? "us-east-1" };
    }
  }
}

/** `providers` of the launcher's ConfigMap, which v2 steps read in the namespace that they run in. */
function providersOf(endpoint: Endpoint, secretName: string): object {
  const secretRef = { secretName, accessKeyKey: "accesskey", secretKeyKey: "secretkey" };
  return {
    s3: {
      default: {
        endpoint: hostAndPort(endpoint),
        region: endpoint.region,
        disableSSL: false,
        credentials: { fromEnv: false, secretRef },
      },
    },
  };
}

/** What the interface, and each profile's part of it, reads artifacts by: those of v1 as MinIO's, those of v2 as S3's. */
function interfaceVariables({ host, port, region }: Endpoint, secret: string): Variable[] {
  return [
    { name: "MINIO_HOST", value: host },
    // Otherwise it is put behind the host.
    { name: "MINIO_NAMESPACE", value: "" },
    { name: "MINIO_PORT", value: String(port) },
    { name: "MINIO_SSL", value: "true" },
    { name: "AWS_S3_ENDPOINT", value: host },
    { name: "AWS_REGION", value: region },
    { name: "AWS_SSL", value: "true" },
    fromSecret("AWS_ACCESS_KEY_ID", secret, "accesskey"),
    fromSecret("AWS_SECRET_ACCESS_KEY", secret, "secretkey"),
  ];
}

/** Where Argo puts logs and the artifacts of v1. */
function withArtifactRepository(object: KubernetesObject, endpoint: Endpoint, bucket: string): KubernetesObject {
  const repository = load(textAt(object, "data", "artifactRepository") ?? "") as { readonly s3: object };
  const s3 = {
    ...repository.s3,
    endpoint: hostAndPort(endpoint),
    bucket,
    region: endpoint.region,
    insecure: false,
  };
  return withData(object, { artifactRepository: dump({ ...repository, s3 }) });
}

function hostAndPort({ host, port }: Endpoint): string {
  return port === HTTPS ? host : `${host}:${port}`;
}
