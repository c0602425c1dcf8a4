import type { ReleaseServices } from "../../services/release.ts";
import { profileProgramChanges181 } from "./profile-program.ts";

/** What v1.8.1 runs in the cluster to keep data in, and the objects that say where that is. */
export const services181: ReleaseServices = {
  replaced: {
    pipelinesDatabase: [
      "Deployment.apps kubeflow/mysql",
      "Service kubeflow/mysql",
      "ServiceAccount kubeflow/mysql",
      "PersistentVolumeClaim kubeflow/mysql-pv-claim",
      "DestinationRule.networking.istio.io kubeflow/ml-pipeline-mysql",
      "AuthorizationPolicy.security.istio.io kubeflow/mysql",
    ],
    katibDatabase: [
      "Deployment.apps kubeflow/katib-mysql",
      "Service kubeflow/katib-mysql",
      "PersistentVolumeClaim kubeflow/katib-mysql",
      "Secret kubeflow/katib-mysql-secrets",
    ],
    objectStore: [
      "Deployment.apps kubeflow/minio",
      "Service kubeflow/minio-service",
      "PersistentVolumeClaim kubeflow/minio-pvc",
      "DestinationRule.networking.istio.io kubeflow/ml-pipeline-minio",
      "AuthorizationPolicy.security.istio.io kubeflow/minio-service",
    ],
  },
  namespace: "kubeflow",
  databaseSecret: "Secret kubeflow/mysql-secret",
  objectStoreSecret: { id: "Secret kubeflow/mlpipeline-minio-artifact", name: "mlpipeline-minio-artifact" },
  configuration: "ConfigMap kubeflow/pipeline-install-config",
  launcher: "ConfigMap kubeflow/kfp-launcher",
  workflows: "ConfigMap kubeflow/workflow-controller-configmap",
  profileProgram: {
    id: "ConfigMap kubeflow/kubeflow-pipelines-profile-controller-code-hdk828hd6c",
    file: "sync.py",
    changes: profileProgramChanges181,
  },
  apiServer: { id: "Deployment.apps kubeflow/ml-pipeline", container: "ml-pipeline-api-server" },
  cacheServer: { id: "Deployment.apps kubeflow/cache-server", container: "server" },
  metadataStore: { id: "Deployment.apps kubeflow/metadata-grpc-deployment", container: "container" },
  userInterface: { id: "Deployment.apps kubeflow/ml-pipeline-ui", container: "ml-pipeline-ui" },
  profileController: {
    id: "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller",
    container: "profile-controller",
  },
  katibDatabaseManager: { id: "Deployment.apps kubeflow/katib-db-manager", container: "katib-db-manager" },
  databases: { metadata: "metadb" },
};
