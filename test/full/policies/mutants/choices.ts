import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const IMAGES = "components/kubeflow/releases/1.8.1/replacements.ts";

const NEW_DASHBOARD = `export const replacements181: readonly Replacement[] = [
  {
    from: "docker.io/kubeflownotebookswg/centraldashboard:v1.8.0",
    to: "docker.io/kubeflownotebookswg/centraldashboard:v1.9.0",
    reason: "it is newer",
    evidence: [],
    date: DATE,
  },`;

/** Changes of who administers the platform and what it is made of, each with the rule that must find it. */
export const choiceMutants: readonly Mutant[] = [
  {
    name: "the administrator is the one that everybody knows",
    edits: [setting("kubeflow:auth: { admin: user@example.com }")],
    caught: { rule: "ml-default-credentials", resource: /^Profile / },
  },
  {
    name: "a part is of another release",
    edits: [{ file: IMAGES, from: "export const replacements181: readonly Replacement[] = [", to: NEW_DASHBOARD }],
    caught: { rule: "ml-kubeflow-version", check: "matrix", resource: /^Deployment kubeflow\/centraldashboard$/ },
  },
  {
    name: "eventing is installed, and nobody says what for",
    edits: [setting("kubeflow:components: { knative-eventing: true }")],
    caught: { rule: "ml-optional-components", check: "part", resource: /KnativeEventing/, level: "advisory" },
  },
  {
    name: "objects are written to a folder for somebody else to apply",
    edits: [
      {
        file: "components/cluster/kubernetes-provider.ts",
        from: "upsertExistingObjects: true,",
        to: 'upsertExistingObjects: true, renderYamlToDirectory: "rendered",',
      },
    ],
    caught: { rule: "cloud-opaque-installers", check: "rendered", resource: /^pulumi:providers:kubernetes / },
  },
];
