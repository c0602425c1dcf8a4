import path from "node:path";
import { fileState, run } from "../host/index.ts";
import { KubernetesProvider } from "../providers/kubernetes/index.ts";
import type { Engine } from "./engine.ts";

/** The project's own host, with its own Kubernetes provider; the state lies with the control plane. */
export const localEngine: Engine = ({ directory, ...options }) =>
  run({
    ...options,
    providers: new Map([["kubernetes", () => new KubernetesProvider()]]),
    state: fileState(path.join(directory, "state")),
  });
