import { z } from "zod";
import { EACH, expand } from "../kubernetes/places.ts";
import { entriesAt, listAt, numberAt, textAt, textsAt } from "../reading.ts";
import type { KubernetesSubject, Resource, Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

/** One webhook of a configuration. */
interface WebhookSubject extends Subject {
  readonly object: KubernetesSubject;
}

export const webhookSafety = resourceRule({
  id: "k8s-webhook-safety",
  title: "No webhook can stop the whole cluster",
  severity: "high",
  why: "A webhook that must answer for every pod, and whose own pod is one of them, keeps itself from coming back once it is gone; one that is slow makes every request slow.",
  remediation:
    "Give the webhook a namespaceSelector or objectSelector that leaves the cluster's own namespaces out, and a timeoutSeconds of 10 or less.",
  url: "https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/",
  frameworks: [
    { framework: "Kubescape", id: "C-0036" },
    { framework: "Kubescape", id: "C-0039" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    maxTimeout: z.int().min(1).max(30).default(10).describe("Most seconds that the API server waits for an answer"),
  }),
  subjects: webhooks,
  checks: {
    selector: ({ value, name }) => {
      if ((textAt(value, "failurePolicy") ?? "Fail") !== "Fail" || !isAboutPods(value)) return;
      if (isSelective(value, "namespaceSelector") || isSelective(value, "objectSelector")) return;
      return { message: `${name} must answer before any pod can start`, path: ["namespaceSelector"] };
    },
    timeout: ({ value, name }, { parameters: { maxTimeout } }) => {
      const seconds = numberAt(value, "timeoutSeconds") ?? UNSET_SECONDS;
      if (seconds <= maxTimeout) return;
      return { message: `${name} may take ${seconds} seconds for an answer`, path: ["timeoutSeconds"] };
    },
  },
  examples: {
    good: [webhook("namespaceSelector: { matchLabels: { istio-injection: enabled } }, timeoutSeconds: 5")],
    bad: {
      selector: webhook("namespaceSelector: {}"),
      timeout: webhook("namespaceSelector: { matchLabels: { istio-injection: enabled } }, timeoutSeconds: 30"),
    },
  },
});

/** What the API server waits where nothing is said. */
const UNSET_SECONDS = 10;

function webhooks({ objects }: Resource): WebhookSubject[] {
  return objects
    .filter(({ kind, group }) => /^(Mut|Valid)atingWebhookConfiguration$/.test(kind) && group.startsWith("admission"))
    .flatMap((object) =>
      expand(object.value, ["webhooks", EACH]).map(({ value, path }) => {
        const { resource, name } = object;
        return { resource, object, value, path: [...object.path, ...path], name: `${name} (webhook ${path.at(-1)})` };
      }),
    );
}

function isAboutPods(webhook: unknown): boolean {
  return listAt(webhook, "rules").some(
    (rule) =>
      textsAt(rule, "apiGroups").some((group) => group === "" || group === "*") &&
      textsAt(rule, "resources").some((resource) => ["pods", "*", "*/*"].includes(resource)),
  );
}

function isSelective(webhook: unknown, selector: string): boolean {
  return (
    entriesAt(webhook, selector, "matchLabels").length > 0 || listAt(webhook, selector, "matchExpressions").length > 0
  );
}

function webhook(lines: string): string {
  return `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: { name: poddefaults }
webhooks:
  - name: poddefaults.kubeflow.org
    failurePolicy: Fail
    rules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
    ${lines.split(/, (?=timeout)/).join("\n    ")}
`;
}
