import { z } from "zod";
import { documentsOf } from "../kubernetes/embedded.ts";
import { expand } from "../kubernetes/places.ts";
import { POD_SECURITY_LEVELS } from "../kubernetes/pod-security/rule.ts";
import { at, textAt } from "../reading.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";
const INJECTION = "istio-injection";
/** Key of the ConfigMap from which the profile controller labels the namespaces of profiles. */
const PROFILE_LABELS = "namespace-labels.yaml";

/** Labels that a namespace has, or will be given. `value` is the map of labels, or undefined. */
interface LabelsSubject extends Subject {
  readonly object: KubernetesSubject;
  /** Whether sidecars are injected whatever the labels say here. */
  readonly isInjected?: true;
}

export const namespaceLabels = resourceRule({
  id: "k8s-psa-namespace-labels",
  title: "Every namespace has the API server refuse pods that are not safe",
  severity: "medium",
  why: "The checks of this pack end where users begin: notebooks, pipelines and trials are made within the cluster, and only the API server can refuse them.",
  remediation:
    "Label the namespace pod-security.kubernetes.io/enforce: baseline or restricted; where sidecars are injected that needs mesh.cni: true.",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
  frameworks: [
    { framework: "Kubescape", id: "C-0192" },
    { framework: "CIS EKS", id: "4.2.1" },
    { framework: "Kyverno", id: "psa/add-psa-labels" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    level: z.enum(["baseline", "restricted"]).default("baseline").describe("The least that namespaces must enforce"),
    meshCni: z
      .boolean()
      .default(true)
      .describe(
        "Whether istio-cni redirects the traffic of pods; else their init container needs what baseline refuses",
      ),
  }),
  subjects: labelled,
  checks: {
    enforced: ({ value, name }, { parameters: { level } }) => {
      if (rankOf(textAt(value, ENFORCE)) >= rankOf(level)) return;
      return { message: `${name} does not enforce ${level}`, path: at(value) === undefined ? [] : [ENFORCE] };
    },
    injection: ({ value, name, isInjected }, { parameters: { meshCni } }) => {
      if (meshCni || rankOf(textAt(value, ENFORCE)) < rankOf("baseline")) return;
      if (isInjected !== true && textAt(value, INJECTION) !== "enabled") return;
      return {
        message: `${name} has sidecars injected that it refuses: without istio-cni their init container needs NET_ADMIN`,
        path: [ENFORCE],
        fix: "Set mesh.cni to true.",
      };
    },
  },
  examples: {
    parameters: { meshCni: false },
    good: [
      `
apiVersion: v1
kind: Namespace
metadata: { name: auth, labels: { pod-security.kubernetes.io/enforce: baseline } }
`,
    ],
    bad: {
      enforced: `
apiVersion: v1
kind: Namespace
metadata: { name: kubeflow, labels: { pod-security.kubernetes.io/enforce: privileged } }
`,
      injection: `
apiVersion: v1
kind: Namespace
metadata:
  name: kubeflow
  labels: { pod-security.kubernetes.io/enforce: baseline, istio-injection: enabled }
`,
    },
  },
});

function labelled({ objects }: Resource): LabelsSubject[] {
  return objects.flatMap((object): LabelsSubject[] => {
    if (object.kind === "Namespace" && object.group === "") return [labelsOf(object)];
    return documentsOf(object)
      .filter(({ key }) => key === PROFILE_LABELS)
      .map((document) => ({ ...document, name: "the namespace of a profile", isInjected: true }));
  });
}

function labelsOf(object: KubernetesSubject): LabelsSubject {
  const [place = { value: undefined, path: ["metadata"] }] = expand(object.value, ["metadata", "labels"]);
  const { resource, name } = object;
  return { resource, object, name, value: place.value, path: [...object.path, ...place.path] };
}

function rankOf(level: string | undefined): number {
  return (POD_SECURITY_LEVELS as readonly (string | undefined)[]).indexOf(level);
}
