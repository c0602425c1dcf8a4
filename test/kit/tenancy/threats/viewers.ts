import { CoreV1Api } from "@kubernetes/client-node";
import { reasonOf } from "../impersonation.ts";
import { creating, RBAC, type Threat } from "./threat.ts";

/** What only viewers are refused: they look, and start nothing. */
export const threatsOfViewers: readonly Threat[] = [
  {
    what: "have a Viewer start pods",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "kubeflow.org/v1beta1",
      kind: "Viewer",
      metadata: { name: "threat", namespace },
      spec: { type: "tensorboard" },
    })),
  },
  {
    what: "read the Secrets of the profile",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      reasonOf(() => config.makeApiClient(CoreV1Api).listNamespacedSecret({ namespace: own })),
  },
];
