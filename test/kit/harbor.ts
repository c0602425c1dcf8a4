import { SimulatedProvider } from "../../rehearsal/providers/simulated/index.ts";
import { harbor } from "../../rehearsal/providers/simulated/harbor.ts";

export const REGISTRY = "harbor.example.com/kubeflow";

/** Of a Harbor that is simulated. */
export const ADMINISTRATOR = { username: "admin", password: "of-harbors-administrator" };

/** The setting `airGap` of a project of Harbor that the program makes, which `more` adds to. */
export function airGapWithHarbor(more: Readonly<Record<string, unknown>> = {}) {
  return { registry: REGISTRY, harbor: { administrator: ADMINISTRATOR, ...more } };
}

/** A Harbor without a cluster around it. */
export function simulatedHarbor(): SimulatedProvider {
  return new SimulatedProvider(harbor, () =>
    Promise.resolve({
      apiServer: { host: "", certificateAuthority: "" },
      join: () => Promise.resolve(),
      leave: () => Promise.resolve(),
    }),
  );
}
