/**
 * In the environment of a run that makes the registry and nothing else, `npm run up -- <stack> --registry`: Pulumi does
 * not tell a program which resources it is to leave alone.
 */
export const REGISTRY_ALONE = "KUBEFLOW_REGISTRY_ALONE";

/** What such a run has Pulumi take, by URN. */
export const REGISTRY_TARGET = "**kubeflow:registry:**";

export function isRegistryAlone(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[REGISTRY_ALONE] === "true";
}
