import { z } from "zod";
import { HYGIENE } from "../hygiene.ts";
import { examplePod } from "../kubernetes/example-pod.ts";
import { containers } from "../kubernetes/pod-templates.ts";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";

export const ephemeralStorage = resourceRule({
  id: "hyg-ephemeral-storage",
  title: "Every container has a limit for what it writes to the disk of its node",
  severity: "low",
  why: "A cache of models or a log without end fills the disk of the node, which then throws out pods that did nothing.",
  remediation: 'Set resources.limits["ephemeral-storage"] of the container.',
  url: "https://kubernetes.io/docs/concepts/storage/ephemeral-storage/",
  frameworks: [
    { framework: "Gatekeeper", id: "K8sContainerEphemeralStorageLimit" },
    { framework: "kube-score", id: "container-ephemeral-storage-request-and-limit" },
  ],
  levels: HYGIENE,
  parameters: z.strictObject({}),
  subjects: (resource) => containers(resource).filter(({ object, kind }) => !object.isPatch && kind !== "ephemeral"),
  checks: {
    limit: ({ value, name }) => {
      const path = ["resources", "limits", "ephemeral-storage"];
      if (at(value, ...path) !== undefined) return;
      return { message: `${name} may fill the disk of its node`, path };
    },
  },
  examples: {
    good: [examplePod({ container: "resources: { limits: { ephemeral-storage: 10Gi } }" })],
    bad: { limit: examplePod({ container: "resources: { limits: { memory: 1Gi } }" }) },
  },
});
