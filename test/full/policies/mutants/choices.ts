import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const IMAGES = "components/kubeflow/releases/1.8.1/replacements.ts";

/** Changes of who administers the platform and what it is made of, each with the rule that must find it. */
export const choiceMutants: readonly Mutant[] = [
  {
    name: "the administrator is the one that everybody knows",
    edits: [setting("kubeflow:auth: { admin: user@example.com }")],
    caught: { rule: "ml-default-credentials", resource: /^Profile / },
  },
  {
    name: "a part is of another release",
    edits: [
      { file: IMAGES, from: "ghcr.io/kubeflow/kfp-api-server:2.4.1", to: "ghcr.io/kubeflow/kfp-api-server:2.9.0" },
    ],
    caught: { rule: "ml-kubeflow-version", check: "matrix", resource: /^Deployment kubeflow\/ml-pipeline$/ },
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
