import type { Sizing } from "../../../resources/sizing.ts";
import { README, UPSTREAM } from "./sources.ts";

/** Certificates, the mesh and its gateways, sign-on. */
export const foundation: Readonly<Record<string, Sizing>> = {
  "auth/dex dex": { dev: [10, 128], prod: [50, 256], source: `${README}: 3m, 27Mi` },
  "cert-manager/cert-manager cert-manager-controller": {
    dev: [10, 128],
    prod: [50, 256],
    source: `${README}: 3m, 128Mi for the three`,
  },
  "cert-manager/cert-manager-cainjector cert-manager-cainjector": {
    dev: [10, 160],
    prod: [50, 384],
    source: `${README}: 3m, 128Mi for the three; caches every Secret and CRD`,
  },
  "cert-manager/cert-manager-webhook cert-manager-webhook": {
    dev: [10, 64],
    prod: [20, 128],
    source: `${README}: 3m, 128Mi for the three`,
  },
  "istio-system/istiod discovery": {
    dev: [250, 640],
    prod: [500, 2560],
    source: `${UPSTREAM} requests 500m, 2Gi and has no limit; its demo profile requests 10m, 100Mi`,
  },
  "istio-system/istio-ingressgateway istio-proxy": {
    dev: [100, 200],
    prod: [500, 1024],
    source: `${UPSTREAM} requests 100m, 128Mi and limits to 1Gi; ${README}: Istio 750m, 2364Mi`,
  },
  "istio-system/cluster-local-gateway istio-proxy": {
    dev: [100, 200],
    prod: [200, 1024],
    source: `${UPSTREAM} requests 100m, 128Mi and limits to 1Gi; ${README}: Istio 750m, 2364Mi`,
  },
  "istio-system/oidc-authservice authservice": {
    dev: [10, 128],
    prod: [50, 256],
    source: `estimate; ${README}: 3m, 27Mi for its successor oauth2-proxy`,
  },
  "istio-system/oidc-authservice issuer-forwarder": {
    dev: [10, 64],
    prod: [10, 64],
    source: "estimate: Envoy with one listener and one cluster",
  },
};
