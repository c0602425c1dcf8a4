import * as pulumi from "@pulumi/pulumi";

/** In the environment of a run that makes the registry and nothing else: the name of its stack, that no other is meant. */
export const REGISTRY_ALONE = "KUBEFLOW_REGISTRY_ALONE";

/** What all URNs of a registry have and no others. */
export const OF_REGISTRY = /::kubeflow:registry:/;

/** Whether this is one: `npm run up -- <stack> --registry`, which lets no stack do so that holds more. */
export function isRegistryAlone(): boolean {
  return process.env[REGISTRY_ALONE] === pulumi.getStack();
}
