import type { KubernetesObject } from "../../kit/objects.ts";
import { fingerprintOf } from "../../kubeflow/credentials/derive.ts";
import { SERVICE_ANNOTATIONS } from "../../kubeflow/services/annotations.ts";
import { artifactRepository, interfaceVariables, providersOf } from "../../kubeflow/services/clients.ts";
import { type Endpoint, endpointAt } from "../../kubeflow/services/endpoint.ts";
import type { TenantPlatform } from "../platform.ts";
import type { Tenant } from "../tenants.ts";
import { prefixOf } from "./settings.ts";

/** The Secret that Pipelines, and whoever follows its documentation, looks for in a profile. */
export const STORE_SECRET = "mlpipeline-minio-artifact";

/** What of Argo's configuration says which repository is a namespace's default. */
const DEFAULT_REPOSITORY = "workflows.argoproj.io/default-artifact-repository";

/** Where a profile keeps its objects, with keys of its own. */
export interface OwnStore {
  readonly endpoint: Endpoint;
  /** Of the addresses of artifacts: what their readers take for MinIO's or S3's. */
  readonly scheme: "minio" | "s3";
  readonly bucket: string;
  readonly prefix: string;
}

/** Undefined where the profile has no store of its own. */
export function ownStoreOf({ name, objectStore }: Tenant, { store }: TenantPlatform): OwnStore | undefined {
  if (objectStore === undefined) return undefined;
  const place = { bucket: objectStore.bucket, prefix: prefixOf(name, objectStore) };
  if (objectStore.endpoint === undefined) return store && { endpoint: store.endpoint, scheme: store.scheme, ...place };
  const { region, secure = true } = objectStore;
  return { endpoint: endpointAt(objectStore.endpoint, { region, secure }), scheme: "s3", ...place };
}

/**
 * The annotation by which the controller of Pipelines knows that the keys in a namespace are not its own to make, and
 * what it tells the artifact server there, whose pod restarts when the keys change.
 */
export function storeAnnotation(
  tenant: Tenant,
  platform: TenantPlatform,
  fingerprintKey: string,
): Readonly<Record<string, string>> {
  const own = ownStoreOf(tenant, platform);
  if (own === undefined) return {};
  const mark = fingerprintOf(fingerprintKey, JSON.stringify(tenant.objectStore));
  return {
    [SERVICE_ANNOTATIONS.objectStore]: JSON.stringify({ env: interfaceVariables(own.endpoint, STORE_SECRET), mark }),
  };
}

/** The keys, and where steps of version 2 and Argo put what they make. */
export function storeObjects(tenant: Tenant, platform: TenantPlatform): KubernetesObject[] {
  const own = ownStoreOf(tenant, platform);
  if (own === undefined || tenant.objectStore === undefined) return [];
  const { endpoint, scheme, bucket, prefix } = own;
  const { accessKey, secretKey } = tenant.objectStore;
  const secret: KubernetesObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: STORE_SECRET, namespace: tenant.name },
    type: "Opaque",
    stringData: { accesskey: accessKey, secretkey: secretKey },
  };
  if (platform.store === undefined) return [secret];
  const launcher = configMap(tenant, "kfp-launcher", {
    defaultPipelineRoot: `${scheme}://${bucket}/${prefix}`,
    providers: JSON.stringify({ [scheme]: providersOf(endpoint, STORE_SECRET) }),
  });
  // The logs of every step, and the artifacts of v1: with the profile's keys the platform's bucket is closed to Argo.
  const repositories = configMap(
    tenant,
    "artifact-repositories",
    { profile: artifactRepository(platform.store.repository, { endpoint, bucket, prefix }) },
    { [DEFAULT_REPOSITORY]: "profile" },
  );
  return [secret, launcher, repositories];
}

function configMap(
  { name: namespace }: Tenant,
  name: string,
  data: Readonly<Record<string, string>>,
  annotations?: Readonly<Record<string, string>>,
): KubernetesObject {
  const metadata = { name, namespace, ...(annotations === undefined ? {} : { annotations }) };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}
