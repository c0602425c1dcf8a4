import { z } from "zod";
import { examplePod } from "../kubernetes/example-pod.ts";
import { type ArgumentSubject, argumentsOf } from "../kubernetes/arguments.ts";
import { DETECTORS, entropyOf, isLiteralPassword, isNameOfPassword, passwordsIn } from "../kubernetes/credentials.ts";
import { type DocumentSubject, documentsOf } from "../kubernetes/embedded.ts";
import { containers } from "../kubernetes/pod-templates.ts";
import { type TextSubject, texts } from "../kubernetes/texts.ts";
import { at, formatPath } from "../reading.ts";
import type { Resource } from "../resource.ts";
import { resourceRule } from "../rule.ts";

/** What random bytes look like in letters: no dots and colons, so no host and no image. */
const RANDOM = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/=-]{24,}$/;

export const plaintextCredentials = resourceRule({
  id: "k8s-plaintext-credentials",
  title: "No password stands outside a Secret",
  severity: "high",
  why: "ConfigMaps, variables and command lines are read by everybody who may look at a namespace, and are written into logs, dashboards and backups.",
  remediation: "Put the value into a Secret and refer to it (valueFrom.secretKeyRef, or a mounted file).",
  url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
  frameworks: [
    { framework: "Trivy", id: "KSV-0109" },
    { framework: "Kubescape", id: "C-0012" },
    { framework: "Polaris", id: "sensitiveConfigmapContent" },
    { framework: "CWE", id: "CWE-312" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    detectors: z
      .array(z.enum(DETECTORS.map(({ name }) => name)))
      .default(DETECTORS.map(({ name }) => name))
      .describe("Forms of credentials that are looked for"),
    entropy: z
      .number()
      .min(0)
      .max(8)
      .default(4.2)
      .describe("Bits for each character from which a value of 24 characters or more counts as random"),
  }),
  subjects: outsideSecrets,
  checks: {
    form: ({ value, name }, { parameters: { detectors } }) => {
      const text = at(value);
      if (typeof text !== "string") return;
      const found = DETECTORS.find((detector) => detectors.includes(detector.name) && detector.pattern.test(text));
      return found && { message: `${name} holds ${found.what}`, path: [] };
    },
    name: ({ value, name, key }) => {
      if (!isNameOfPassword(key)) return;
      const text = at(value);
      if (typeof text !== "string" || !isLiteralPassword(text)) return;
      return { message: `${name} holds what its name says is a password`, path: [] };
    },
    document: ({ value, name, source }) => {
      if (source !== "document") return;
      return passwordsIn(at(value)).map((path) => ({
        message: `${name} holds a password at ${formatPath(path)}`,
        path,
      }));
    },
    random: ({ value, name }, { parameters: { entropy } }) => {
      const text = at(value);
      if (typeof text !== "string" || !RANDOM.test(text.trim()) || entropyOf(text.trim()) < entropy) return;
      return { message: `${name} holds what looks like a random key`, path: [] };
    },
  },
  examples: {
    good: [
      examplePod({
        container: "env: [{ name: MYSQL_ROOT_PASSWORD, valueFrom: { secretKeyRef: { name: mysql, key: password } } }]",
      }),
      examplePod({ container: 'args: ["--password=$(MYSQL_ROOT_PASSWORD)", "--token-file", /run/token]' }),
    ],
    bad: {
      form: examplePod({ container: 'env: [{ name: DATABASE, value: "mysql://root:opensesame@mysql:3306" }]' }),
      name: examplePod({ container: "env: [{ name: MYSQL_ROOT_PASSWORD, value: opensesame }]" }),
      document: `
apiVersion: v1
kind: ConfigMap
metadata: { name: dex, namespace: auth }
data:
  config.yaml: |
    staticClients:
      - id: authservice
        secret: opensesame
`,
      random: examplePod({ container: 'env: [{ name: SESSION, value: "qT7mZ0bVxW3nLk9RfJ2hYc5D" }]' }),
    },
  },
});

/** A ConfigMap's document, read. */
interface ReadDocument extends DocumentSubject {
  readonly source: "document";
}

function outsideSecrets(resource: Resource): (TextSubject | ArgumentSubject | ReadDocument)[] {
  return [
    ...texts(resource).filter(({ source }) => source !== "Secret"),
    ...containers(resource).flatMap(argumentsOf),
    ...resource.objects.flatMap(documentsOf).map((document) => ({ ...document, source: "document" as const })),
  ];
}
