import { type KubernetesObject, textAt } from "../../kit/objects.ts";
import { artifactRepository, interfaceVariables, providersOf } from "./clients.ts";
import { endpointOf, isStandardPort } from "./endpoint.ts";
import { withProgramChanges } from "./profile-program.ts";
import type { ReleaseServices } from "./release.ts";
import type { ObjectStoreSettings } from "./settings.ts";
import { withData, withSecretValues, withVariables } from "./workload.ts";

type Change = (object: KubernetesObject) => KubernetesObject;

/** Pipelines with an external object store, spoken to in the language of S3, by the ids of the objects that change. */
export function objectStore(settings: ObjectStoreSettings, release: ReleaseServices): Readonly<Record<string, Change>> {
  const { bucket, accessKey, secretKey } = settings;
  const endpoint = endpointOf(settings);
  const { name: secret } = release.objectStoreSecret;
  const root = `s3://${bucket}/v2/artifacts`;
  const providers = JSON.stringify({ s3: providersOf(endpoint, secret) });
  return {
    [release.objectStoreSecret.id]: (object) =>
      withSecretValues(object, { accesskey: accessKey, secretkey: secretKey }),
    [release.configuration]: (object) => withData(object, { bucketName: bucket, defaultPipelineRoot: root }),
    [release.launcher]: (object) => withData(object, { defaultPipelineRoot: root, providers }),
    [release.workflows]: (object) => {
      const shipped = textAt(object, "data", "artifactRepository") ?? "";
      return withData(object, { artifactRepository: artifactRepository(shipped, { endpoint, bucket }) });
    },
    [release.apiServer.id]: (object) =>
      withVariables(object, release.apiServer.container, [
        { name: "OBJECTSTORECONFIG_HOST", value: endpoint.host },
        ...(isStandardPort(endpoint) ? [] : [{ name: "OBJECTSTORECONFIG_PORT", value: String(endpoint.port) }]),
        { name: "OBJECTSTORECONFIG_REGION", value: endpoint.region },
        { name: "OBJECTSTORECONFIG_SECURE", value: "true" },
      ]),
    [release.userInterface.id]: (object) =>
      withVariables(object, release.userInterface.container, [
        ...interfaceVariables(endpoint, secret),
        { name: "ARGO_ARCHIVE_BUCKETNAME", value: bucket },
      ]),
    [release.profileProgram.id]: (object) => withProgramChanges(object, release.profileProgram, "outside"),
    [release.profileController.id]: (object) =>
      withVariables(object, release.profileController.container, [
        { name: "KFP_LAUNCHER_PROVIDERS", value: providers },
        { name: "KFP_ARTIFACT_SERVER_ENV", value: JSON.stringify(interfaceVariables(endpoint, secret)) },
      ]),
  };
}
