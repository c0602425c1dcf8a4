import path from "node:path";
import { destroy, fileState, run } from "../host/index.ts";
import { rehearsalProviders } from "../providers/index.ts";
import type { Engine } from "./engine.ts";

/** The project's own host with its own providers; the state lies with the control plane. */
export const localEngine: Engine = {
  up: ({ directory, kubeconfig, faults, ...options }) =>
    run({ ...options, providers: rehearsalProviders(kubeconfig, faults), state: stateIn(directory) }),
  destroy: ({ directory, kubeconfig, ...options }) =>
    destroy({ ...options, providers: rehearsalProviders(kubeconfig), state: stateIn(directory) }),
  resources: async ({ directory }) => {
    const { resources } = await stateIn(directory).load();
    return resources.map(({ urn, type, id, inputs, options: { protect = false, retainOnDelete = false } }) => ({
      urn,
      type,
      id,
      inputs,
      protect,
      retainOnDelete,
    }));
  },
};

function stateIn(directory: string) {
  return fileState(path.join(directory, "state"));
}
