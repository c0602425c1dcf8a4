import type { Permission } from "../../../access/privileges.ts";

/** Its client has no cache, so nothing is watched; each call is preceded by a review of what the user may do. */
export const KATIB_UI: readonly Permission[] = [
  {
    group: "",
    resources: ["configmaps"],
    verbs: ["get", "list", "create", "update", "delete"],
    because:
      "katib v0.16.0 pkg/util/v1beta1/katibclient GetConfigMap, GetTrialTemplates; pkg/ui/v1beta1/util.go updateTrialTemplates",
  },
  {
    group: "",
    resources: ["namespaces"],
    verbs: ["list"],
    because: "katib v0.16.0 pkg/util/v1beta1/katibclient GetNamespaceList",
  },
  {
    group: "kubeflow.org",
    resources: ["experiments"],
    verbs: ["get", "list", "create", "delete"],
    because:
      "katib v0.16.0 pkg/ui/v1beta1/backend.go CreateExperiment, FetchExperiments, FetchExperiment, DeleteExperiment",
  },
  {
    group: "kubeflow.org",
    resources: ["trials"],
    verbs: ["get", "list"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go FetchTrial, hp.go GetTrialList",
  },
  {
    group: "kubeflow.org",
    resources: ["suggestions"],
    verbs: ["get"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go FetchSuggestion",
  },
  {
    group: "",
    resources: ["pods"],
    verbs: ["list"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go fetchMasterPodName",
  },
  {
    group: "",
    resources: ["pods/log"],
    verbs: ["get"],
    because: "katib v0.16.0 pkg/ui/v1beta1/backend.go fetchPodLogs",
  },
  {
    group: "authorization.k8s.io",
    resources: ["subjectaccessreviews"],
    verbs: ["create"],
    because: "katib v0.16.0 pkg/ui/v1beta1/authzn.go IsAuthorized",
  },
];
