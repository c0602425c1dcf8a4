import type { CredentialPlaces } from "../../credentials/places.ts";

/** Of the Secret that Dex takes its environment from. */
const HASH_VARIABLE = "DEX_USER_PASSWORD";

/** The public passwords of v1.8.1. */
export const credentials181: CredentialPlaces = {
  secrets: {
    "Secret auth/dex-oidc-client": { OIDC_CLIENT_SECRET: "oidcClientSecret", [HASH_VARIABLE]: "adminPasswordHash" },
    "Secret istio-system/oidc-authservice-client": { CLIENT_SECRET: "oidcClientSecret" },
    "Secret kubeflow/mlpipeline-minio-artifact": {
      accesskey: "objectStoreAccessKey",
      secretkey: "objectStoreSecretKey",
    },
    "Secret kubeflow/mysql-secret": { password: "pipelinesDatabasePassword" },
    "Secret kubeflow/katib-mysql-secrets": { MYSQL_ROOT_PASSWORD: "katibDatabasePassword" },
  },
  users: { id: "ConfigMap auth/dex", variable: HASH_VARIABLE },
  databases: {
    "Deployment.apps kubeflow/mysql": { password: { name: "mysql-secret", key: "password" } },
    "Deployment.apps kubeflow/katib-mysql": {},
  },
};
