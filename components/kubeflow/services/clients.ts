import { dump, load } from "js-yaml";
import { type Endpoint, hostAndPort } from "./endpoint.ts";
import { fromSecret, type Variable } from "./workload.ts";

/**
 * What `providers` of the launcher's ConfigMap says of a scheme. Drivers and launchers of v2 steps read it in the namespace
 * that they run in (kubeflow/pipelines 2.4.1 backend/src/v2/config), and the Secret there as well.
 */
export function providersOf(endpoint: Endpoint, secretName: string): object {
  const secretRef = { secretName, accessKeyKey: "accesskey", secretKeyKey: "secretkey" };
  return {
    default: {
      endpoint: hostAndPort(endpoint),
      region: endpoint.region,
      disableSSL: !endpoint.secure,
      credentials: { fromEnv: false, secretRef },
    },
  };
}

/** What the interface, and each profile's part of it, reads artifacts by: those of v1 as MinIO's, those of v2 as S3's. */
export function interfaceVariables({ host, port, region, secure }: Endpoint, secret: string): Variable[] {
  return [
    { name: "MINIO_HOST", value: host },
    // Otherwise it is put behind the host.
    { name: "MINIO_NAMESPACE", value: "" },
    { name: "MINIO_PORT", value: String(port) },
    { name: "MINIO_SSL", value: String(secure) },
    { name: "AWS_S3_ENDPOINT", value: host },
    { name: "AWS_REGION", value: region },
    { name: "AWS_SSL", value: String(secure) },
    fromSecret("AWS_ACCESS_KEY_ID", secret, "accesskey"),
    fromSecret("AWS_SECRET_ACCESS_KEY", secret, "secretkey"),
  ];
}

export interface ArtifactPlace {
  readonly endpoint: Endpoint;
  readonly bucket: string;
  /** What the keys of objects begin with. */
  readonly prefix?: string;
}

/** Where Argo puts logs and the artifacts of v1, after the text of the repository that is shipped. */
export function artifactRepository(shipped: string, { endpoint, bucket, prefix }: ArtifactPlace): string {
  const repository = load(shipped) as { readonly s3: { readonly keyFormat?: string } };
  const keyFormat = repository.s3.keyFormat ?? "{{workflow.name}}/{{pod.name}}";
  const s3 = {
    ...repository.s3,
    endpoint: hostAndPort(endpoint),
    bucket,
    ...(prefix === undefined ? {} : { keyFormat: `${prefix}/${keyFormat}` }),
    region: endpoint.region,
    insecure: !endpoint.secure,
  };
  return dump({ ...repository, s3 });
}
