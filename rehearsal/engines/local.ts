import path from "node:path";
import { destroy, fileState, run } from "../host/index.ts";
import { KubernetesProvider } from "../providers/kubernetes/index.ts";
import type { Engine } from "./engine.ts";

/** The project's own host, with its own Kubernetes provider; the state lies with the control plane. */
export const localEngine: Engine = {
  up: ({ directory, ...options }) => run({ ...options, ...thoseOf(directory) }),
  destroy: ({ directory, ...options }) => destroy({ ...options, ...thoseOf(directory) }),
};

function thoseOf(directory: string) {
  return {
    providers: new Map([["kubernetes", () => new KubernetesProvider()]]),
    state: fileState(path.join(directory, "state")),
  };
}
