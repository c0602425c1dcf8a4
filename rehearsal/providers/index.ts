import { readAccess } from "../control-plane/kubeconfig.ts";
import { KubernetesProvider } from "./kubernetes/index.ts";
import type { ProviderFactory } from "./provider.ts";
import { simulatedClouds } from "./simulated/clouds.ts";
import { locate, type NodeFaults, nowhere, onControlPlane } from "./simulated/control-plane.ts";
import { SimulatedProvider, type Surroundings } from "./simulated/index.ts";

/** Providers of a rehearsal by package: real requests to the control plane, and clouds that are simulated around it. */
export function rehearsalProviders(kubeconfig: string, faults?: NodeFaults): ReadonlyMap<string, ProviderFactory> {
  return new Map<string, ProviderFactory>([
    ["kubernetes", () => new KubernetesProvider((given) => locate(given, kubeconfig))],
    ...simulations(() => onControlPlane(kubeconfig, faults)),
  ]);
}

/**
 * Clouds that are simulated around a control plane, for an engine that has a Kubernetes provider of its own: their cluster
 * says where the control plane's API server really is.
 */
export function simulatedProviders(kubeconfig: string, faults?: NodeFaults): ReadonlyMap<string, ProviderFactory> {
  return new Map(
    simulations(async () => {
      const { server } = await readAccess(kubeconfig);
      return onControlPlane(kubeconfig, { ...faults, host: new URL(server).host });
    }),
  );
}

/** Providers of a preview, which reaches nothing: everything is checked, nothing is made. */
export function previewProviders(): ReadonlyMap<string, ProviderFactory> {
  return new Map<string, ProviderFactory>([["kubernetes", () => new UnconnectedKubernetes()], ...simulations(nowhere)]);
}

function simulations(open: () => Promise<Surroundings>): [string, ProviderFactory][] {
  return simulatedClouds.map((cloud) => [cloud.package, () => new SimulatedProvider(cloud, open)]);
}

/** Checks objects, whether or not there is a cluster yet. */
class UnconnectedKubernetes extends KubernetesProvider {
  override configure(): Promise<void> {
    return Promise.resolve();
  }
}
