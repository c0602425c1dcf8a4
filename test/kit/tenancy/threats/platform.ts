import { AuthorizationV1Api, CoreV1Api, type KubeConfig, type V1ResourceAttributes } from "@kubernetes/client-node";
import { reasonOf, refusalOf } from "../impersonation.ts";
import { RBAC, type Scene, type Threat } from "./threat.ts";

const mayDo = async (config: KubeConfig, attributes: V1ResourceAttributes): Promise<string | undefined> => {
  const { status } = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
    body: { spec: { resourceAttributes: attributes } },
  });
  return status?.allowed === true ? undefined : 'is forbidden: User "" cannot';
};

/** To the platform, and by being somebody else. */
export const ofPlatform: readonly Threat[] = [
  {
    what: "execute in a pod of the platform",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      reasonOf(() =>
        config
          .makeApiClient(CoreV1Api)
          .connectPostNamespacedPodExec({ name: "metacontroller-0", namespace: "kubeflow", command: "sh" }),
      ),
  },
  {
    what: "read the platform's Secrets",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      reasonOf(() =>
        config.makeApiClient(CoreV1Api).readNamespacedSecret({ name: "mysql-secret", namespace: "kubeflow" }),
      ),
  },
  {
    what: "create a Profile",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      refusalOf(config, {
        apiVersion: "kubeflow.org/v1",
        kind: "Profile",
        metadata: { name: "threat" },
        spec: { owner: { kind: "User", name: "mallory@example.com" } },
      }),
  },
  ...(["users", "groups"] as const).map((resource) => ({
    what: `impersonate ${resource}`,
    refusedBy: { default: RBAC },
    attempt: ({ config }: Scene) => mayDo(config, { verb: "impersonate", resource, name: "system:masters" }),
  })),
  {
    what: "impersonate the account of a namespace",
    refusedBy: { default: RBAC },
    attempt: ({ config, own }) =>
      mayDo(config, { verb: "impersonate", resource: "serviceaccounts", name: "default-editor", namespace: own }),
  },
  {
    what: "get a token of an account of the platform",
    refusedBy: { default: RBAC },
    attempt: ({ config }) =>
      reasonOf(() =>
        config.makeApiClient(CoreV1Api).createNamespacedServiceAccountToken({
          name: "profiles-controller-service-account",
          namespace: "kubeflow",
          body: { spec: { audiences: [] } },
        }),
      ),
  },
];
