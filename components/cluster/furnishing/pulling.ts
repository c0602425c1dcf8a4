import type { KubernetesObject } from "../../kit/objects.ts";
import { accountsWith, rewriteFor } from "../../kubeflow/air-gap/index.ts";
import { pullSecret, withPullSecret } from "../../kubeflow/images/pull-secrets.ts";
import { withImages } from "../../kubeflow/images/uses.ts";
import type { ClusterRequest } from "../contract.ts";
import { NAMESPACE } from "./daemon-set.ts";

type PullRequest = Pick<ClusterRequest, "airGap" | "registries">;

/** Another name than the platform's, which has a pull secret in the same namespace where something of it runs there. */
const NODE_PULL_SECRET = "node-registry-accounts";

/** Images of a cluster's own programs stand in containers and nowhere else. */
const CONTAINERS_ALONE = {
  fields: {},
  flags: [],
  variables: [],
  keys: [],
  documents: [],
  injectors: [],
  fixed: [],
};

/** An object of a cluster's own with its images from where the settings say, signed in. */
export function pulledAs(object: KubernetesObject, { airGap, registries }: PullRequest): KubernetesObject {
  const rewrite = rewriteFor(airGap);
  const rewritten = rewrite === undefined ? object : withImages(object, CONTAINERS_ALONE, rewrite);
  return accountsWith(airGap, registries).length === 0 ? rewritten : withPullSecret(rewritten, NODE_PULL_SECRET);
}

/** The Secret that {@link pulledAs} names, where there are sign-ins. */
export function nodePullSecrets({ airGap, registries }: PullRequest): KubernetesObject[] {
  const accounts = accountsWith(airGap, registries);
  return accounts.length === 0 ? [] : [pullSecret(NAMESPACE, accounts, NODE_PULL_SECRET)];
}
