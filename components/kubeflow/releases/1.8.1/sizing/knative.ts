import type { Sizing } from "../../../resources/sizing.ts";
import { UPSTREAM } from "./sources.ts";

/** Knative Serving and Eventing. */
export const knative: Readonly<Record<string, Sizing>> = {
  "knative-eventing/eventing-controller eventing-controller": {
    dev: [50, 160],
    prod: [100, 320],
    source: `${UPSTREAM} requests 100m, 100Mi and has no limit`,
  },
  "knative-eventing/eventing-webhook eventing-webhook": {
    dev: [50, 160],
    prod: [100, 200],
    source: `${UPSTREAM} requests 100m, 50Mi and limits to 200Mi`,
  },
  "knative-eventing/pingsource-mt-adapter dispatcher": {
    dev: [50, 160],
    prod: [125, 2048],
    source: `${UPSTREAM} requests 125m, 64Mi and limits to 2Gi; it has no replicas until the first PingSource`,
  },
  "knative-serving/activator activator": {
    dev: [100, 200],
    prod: [300, 640],
    source: `${UPSTREAM} requests 300m, 60Mi and limits to 600Mi; buffers requests while a service scales from zero`,
  },
  "knative-serving/autoscaler autoscaler": {
    dev: [50, 192],
    prod: [100, 1000],
    source: `${UPSTREAM} requests 100m, 100Mi and limits to 1000Mi`,
  },
  "knative-serving/controller controller": {
    dev: [50, 200],
    prod: [100, 1000],
    source: `${UPSTREAM} requests 100m, 100Mi and limits to 1000Mi`,
  },
  "knative-serving/domain-mapping domain-mapping": {
    dev: [20, 128],
    prod: [30, 400],
    source: `${UPSTREAM} requests 30m, 40Mi and limits to 400Mi`,
  },
  "knative-serving/domainmapping-webhook domainmapping-webhook": {
    dev: [20, 128],
    prod: [100, 500],
    source: `${UPSTREAM} requests 100m, 100Mi and limits to 500Mi`,
  },
  "knative-serving/net-istio-controller controller": {
    dev: [30, 160],
    prod: [30, 400],
    source: `${UPSTREAM} requests 30m, 40Mi and limits to 400Mi`,
  },
  "knative-serving/net-istio-webhook webhook": {
    dev: [20, 128],
    prod: [20, 200],
    source: `${UPSTREAM} requests 20m, 20Mi and limits to 200Mi`,
  },
  "knative-serving/webhook webhook": {
    dev: [50, 192],
    prod: [100, 500],
    source: `${UPSTREAM} requests 100m, 100Mi and limits to 500Mi`,
  },
};
