import { z } from "zod";
import { embeddedObjects } from "../kubernetes/embedded.ts";
import { removedIn } from "../kubernetes/removed-apis.ts";
import { textAt } from "../reading.ts";
import type { Resource, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";
import { resourceSubject } from "../subjects.ts";

interface VersionedSubject extends Subject {
  readonly apiVersion: string;
  readonly kind: string;
}

export const removedApis = resourceRule({
  id: "k8s-removed-apis",
  title: "Every object is of an API that the cluster still serves",
  severity: "high",
  why: "The API server refuses an object of a version that it no longer serves, and the installation stops half way; what was applied before an upgrade of the cluster can no longer be changed after it.",
  remediation: "Write the object in the newer version of its API.",
  url: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0107" },
    { framework: "kube-score", id: "stable-version" },
    { framework: "Gatekeeper", id: "VerifyDeprecatedAPI" },
    { framework: "Kyverno", id: "check-deprecated-apis" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    targetVersion: z
      .string()
      .regex(/^1\.\d{1,3}$/, "must be a minor version of Kubernetes, such as 1.31")
      .default("1.31")
      .describe("Version of Kubernetes that the cluster has or is upgraded to next"),
  }),
  subjects: versioned,
  checks: {
    removed: ({ apiVersion, kind, name }, { parameters: { targetVersion } }) => {
      const minor = removedIn(apiVersion, kind);
      if (minor === undefined || minor > Number(targetVersion.split(".")[1])) return;
      return {
        message: `${name} is of ${apiVersion}, which Kubernetes does not serve since 1.${minor}`,
        path: ["apiVersion"],
      };
    },
  },
  examples: {
    good: [
      `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: activator-pdb, namespace: knative-serving }
`,
    ],
    bad: {
      removed: `
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: { name: activator-pdb, namespace: knative-serving }
`,
    },
  },
});

function versioned(resource: Resource): VersionedSubject[] {
  if (resource.type.endsWith(":CustomResourceDefinition")) {
    const apiVersion = textAt(resource.properties, "apiVersion") ?? resource.type.split(":")[1] ?? "";
    return [{ ...resourceSubject(resource), apiVersion, kind: "CustomResourceDefinition" }];
  }
  return resource.objects.flatMap((object) => [object, ...embeddedObjects(object)]);
}
