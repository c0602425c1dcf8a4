import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { examplePod } from "../kubernetes/example-pod.ts";
import { EACH, expand } from "../kubernetes/places.ts";
import { containers } from "../kubernetes/pod-templates.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const secretsInEnv = resourceRule({
  id: "hyg-secrets-in-env",
  title: "Programs read their secrets from files",
  severity: "low",
  why: "Variables are inherited by every process that a program starts, and end up in crash reports and debug pages; a file can be changed without a restart.",
  remediation: "Mount the Secret as a volume and have the program read the file.",
  url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
  frameworks: [
    { framework: "Checkov", id: "CKV_K8S_35" },
    { framework: "Kubescape", id: "C-0207" },
    { framework: "CIS EKS", id: "4.4.1" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({}),
  subjects: (resource) =>
    containers(resource).flatMap((container) =>
      expand(container.value, [/^(env|envFrom)$/, EACH]).map(({ value, path }) => {
        return { ...container, value, path: [...container.path, ...path] };
      }),
    ),
  checks: {
    variable: ({ value, name }) => {
      if (at(value, "valueFrom", "secretKeyRef") === undefined) return;
      return { message: `${name} has a secret in a variable`, path: ["valueFrom"] };
    },
    variables: ({ value, name }) => {
      if (at(value, "secretRef") === undefined) return;
      return { message: `${name} has all of a Secret in its variables`, path: ["secretRef"] };
    },
  },
  examples: {
    good: [examplePod({ container: "volumeMounts: [{ name: password, mountPath: /run/secrets }]" })],
    bad: {
      variable: examplePod({
        container: "env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: mysql, key: password } } }]",
      }),
      variables: examplePod({ container: "envFrom: [{ secretRef: { name: mysql } }]" }),
    },
  },
});
