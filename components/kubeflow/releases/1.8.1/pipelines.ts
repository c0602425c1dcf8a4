import { groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../kit/objects.ts";
import { changedAt, changedContainer } from "../../images/change.ts";
import type { Companion } from "../../images/places.ts";
import type { Repair } from "../../repairs/repair.ts";

/** Version of Pipelines whose images are used. */
const VERSION = "2.4.1";
const ARGO = "argoproj.io";
const CRD = "CustomResourceDefinition.apiextensions.k8s.io";

const pipelinesVersion: Repair = {
  name: "pipelines-version",
  why: "appVersion is the version that profiles get of the artifact and visualization servers, and the one that is shown",
  evidence: "kubeflow/pipelines: git diff 2.0.5 2.4.1 -- manifests/kustomize/base/installs/generic",
  apply: (object) =>
    objectId(object) === "ConfigMap kubeflow/pipeline-install-config"
      ? changedAt(object, ["data", "appVersion"], () => VERSION)
      : object,
};

const pipelinesInterface: Repair = {
  name: "pipelines-interface",
  why: "the interface of 2.4.1 looks for a namespace's artifact-repositories ConfigMap to find archived logs, and takes an artifact without a namespace for one of its own",
  evidence:
    "kubeflow/pipelines 2.4.1: manifests/kustomize/base/pipeline/ml-pipeline-ui-{role,deployment}.yaml, frontend/server/{workflow-helper,configs}.ts",
  apply: (object) => {
    if (objectId(object) === "Role.rbac.authorization.k8s.io kubeflow/ml-pipeline-ui")
      return withRule(object, { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] });
    if (objectId(object) !== "Deployment.apps kubeflow/ml-pipeline-ui") return object;
    const variable = {
      name: "FRONTEND_SERVER_NAMESPACE",
      valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
    };
    return changedContainer(object, "ml-pipeline-ui", (container) => {
      const env = listAt(container, "env");
      const isSet = env.some((one) => textAt(one, "name") === variable.name);
      return isSet ? container : { ...container, env: [...env, variable] };
    });
  },
};

const argoConfiguration: Repair = {
  name: "argo-configuration",
  why: "Argo 3.4 knows the emissary executor only and refuses to start on a key it does not know",
  evidence:
    "argoproj/argo-workflows v3.4.17: config/controller.go (UnmarshalStrict); kubeflow/pipelines 2.4.1 dropped the key",
  apply: (object) => {
    const { containerRuntimeExecutor, ...data } = (object["data"] ?? {}) as Readonly<Record<string, unknown>>;
    const isConfiguration = objectId(object) === "ConfigMap kubeflow/workflow-controller-configmap";
    return isConfiguration && containerRuntimeExecutor !== undefined ? { ...object, data } : object;
  },
};

const argoArtifactCollection: Repair = {
  name: "argo-artifact-collection",
  why: "the controller of Argo 3.4 watches WorkflowArtifactGCTasks and waits for them before it does anything",
  evidence:
    "argoproj/argo-workflows v3.4.17: workflow/controller/controller.go (artGCTaskInformer), manifests/cluster-install/workflow-controller-rbac/workflow-controller-clusterrole.yaml",
  apply: (object) =>
    objectId(object) === "ClusterRole.rbac.authorization.k8s.io argo-cluster-role"
      ? withResources(object, "workflowtasksets", ["workflowartifactgctasks"])
      : object,
};

/** Roles of people and of the pods of a run, by the resource beside which results stand in upstream's roles. */
const RESULT_ROLES: Readonly<Record<string, readonly string[]>> = {
  "aggregate-to-kubeflow-pipelines-edit": ["workflowtaskresults"],
  "argo-aggregate-to-admin": ["workflowtaskresults", "workflowtaskresults/finalizers"],
  "argo-aggregate-to-edit": ["workflowtaskresults", "workflowtaskresults/finalizers"],
  "argo-aggregate-to-view": ["workflowtaskresults", "workflowtaskresults/finalizers"],
};

const argoTaskResults: Repair = {
  name: "argo-task-results",
  why: "the executor of Argo 3.4 reports outputs as WorkflowTaskResults; without the right to it falls back to patching its pod, and fields that 3.3 did not know would be dropped",
  evidence:
    "kubeflow/pipelines 2.4.1: view-edit-cluster-roles.yaml; argoproj/argo-workflows v3.4.17: workflow/executor/{executor,taskresult}.go, workflow-aggregate-roles.yaml",
  apply: (object) => {
    if (groupKind(object) === "ClusterRole.rbac.authorization.k8s.io") {
      const resources = RESULT_ROLES[object.metadata.name];
      return resources === undefined ? object : withResources(object, "workflowtemplates", resources);
    }
    const isResults = groupKind(object) === CRD && object.metadata.name === `workflowtaskresults.${ARGO}`;
    return isResults ? changedAt(object, ["spec", "versions", 0, "schema", "openAPIV3Schema"], openSchema) : object;
  },
};

/** An object of any fields, as Argo's minimal CRDs have it: the controller checks what it reads. */
function openSchema(schema: unknown): unknown {
  const isOpen = (schema as Record<string, unknown>)["x-kubernetes-preserve-unknown-fields"] === true;
  return isOpen ? schema : { type: "object", required: ["metadata"], "x-kubernetes-preserve-unknown-fields": true };
}

function withRule(role: KubernetesObject, rule: Readonly<Record<string, readonly string[]>>): KubernetesObject {
  const isThere = listAt(role, "rules").some((one) => JSON.stringify(one) === JSON.stringify(rule));
  return isThere ? role : { ...role, rules: [...listAt(role, "rules"), rule] };
}

/** The role with more resources in the rule of Argo's group that names `beside`. */
function withResources(role: KubernetesObject, beside: string, more: readonly string[]): KubernetesObject {
  const index = listAt(role, "rules").findIndex(
    (rule) => listAt(rule, "apiGroups").includes(ARGO) && listAt(rule, "resources").includes(beside),
  );
  if (index < 0) return role;
  return changedAt(role, ["rules", index, "resources"], (resources) => {
    const known = resources as readonly string[];
    const missing = more.filter((resource) => !known.includes(resource));
    return missing.length === 0 ? known : [...known, ...missing];
  });
}

/** What 2.4.1 and its Argo need of the manifests of 2.0.5, image names apart. */
export const pipelinesRepairs: readonly Repair[] = [
  pipelinesVersion,
  pipelinesInterface,
  argoConfiguration,
  argoArtifactCollection,
  argoTaskResults,
];

/** The kind that Argo 3.4 adds. */
export const pipelinesCompanions: readonly Companion[] = [
  {
    beside: "Deployment.apps kubeflow/workflow-controller",
    object: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: {
        name: `workflowartifactgctasks.${ARGO}`,
        labels: { "application-crd-id": "kubeflow-pipelines" },
      },
      spec: {
        group: ARGO,
        scope: "Namespaced",
        names: {
          kind: "WorkflowArtifactGCTask",
          listKind: "WorkflowArtifactGCTaskList",
          plural: "workflowartifactgctasks",
          singular: "workflowartifactgctask",
          shortNames: ["wfat"],
        },
        versions: [
          {
            name: "v1alpha1",
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: {
              openAPIV3Schema: {
                type: "object",
                required: ["metadata"],
                "x-kubernetes-preserve-unknown-fields": true,
              },
            },
          },
        ],
      },
    },
  },
];
