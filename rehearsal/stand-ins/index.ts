import { Client } from "../control-plane/client.ts";
import type { FaultPlan } from "../control-plane/faults.ts";
import { createAuthority } from "../control-plane/pki.ts";
import { answerWebhook, type ConfigMap } from "./admission.ts";
import { Backends } from "./backends.ts";
import { standInForCaInjector } from "./ca-injector.ts";
import { standInForCertManager } from "./cert-manager.ts";
import { watchCluster } from "./cluster.ts";
import { standInForIstiod } from "./istio.ts";
import { standInForKnative } from "./knative.ts";
import { standInForLoadBalancers } from "./load-balancers.ts";
import type { PodDefault } from "./pod-defaults.ts";
import { standInForProfiles } from "./profiles.ts";
import type { Context } from "./stand-in.ts";
import { Store } from "./store.ts";
import { standInForTrainingOperator } from "./training-operator.ts";
import { standInForVolumes } from "./volumes.ts";
import { serveWebhooks } from "./webhook-server.ts";

export interface StandInOptions {
  readonly kubeconfig: string;
  /** Where the API server's egress selector connects to. */
  readonly socket: string;
  readonly faults: FaultPlan;
  readonly log: (line: string) => void;
}

export interface StandIns {
  stop(): Promise<void>;
}

/**
 * Starts what does the work of the controllers whose pods do not run in a rehearsal. Each acts only once the Deployment
 * that would do its work has a ready pod, and writes as that would: by ordinary requests under its field manager.
 */
export async function startStandIns({ kubeconfig, socket, faults, log }: StandInOptions): Promise<StandIns> {
  const stop = new AbortController();
  const { signal } = stop;
  const [client, authority] = await Promise.all([Client.open(kubeconfig), createAuthority("rehearsal-webhooks")]);
  const cluster = watchCluster(client, signal);

  const injectors = new Store<ConfigMap>("/api/v1/configmaps", {
    fieldSelector: "metadata.name=istio-sidecar-injector",
  });
  const podDefaults = new Store<PodDefault>("/apis/kubeflow.org/v1alpha1/poddefaults");
  void injectors.follow(client, signal);
  void podDefaults.follow(client, signal);
  const server = await serveWebhooks({
    socket,
    authority,
    backends: new Backends(cluster, faults),
    answer: (call) => answerWebhook(call, { injectors, podDefaults }),
    log,
  });

  const context: Context = { client, cluster, authority, signal, log };
  standInForCertManager(context);
  standInForCaInjector(context);
  standInForIstiod(context);
  standInForKnative(context);
  standInForTrainingOperator(context);
  standInForVolumes(context);
  standInForLoadBalancers(context);
  standInForProfiles(context);

  return {
    async stop() {
      stop.abort();
      server.close();
      await client.close();
    },
  };
}
