import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secondsOf } from "../../../components/kit/units.ts";
import { backoffSeconds, LONGEST_DEADLINE } from "../../../components/kubeflow/retry/backoff.ts";
import { classify } from "../../../components/kubeflow/retry/classify.ts";
import { whatIsHeldBack } from "../../../components/kubeflow/retry/held-back.ts";

describe("errors that pass while a platform comes up", () => {
  it.each([
    [
      'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://cert-manager-webhook.cert-manager.svc:443/mutate": no endpoints available for service "cert-manager-webhook"',
      "webhook webhook.cert-manager.io of Service cert-manager/cert-manager-webhook",
    ],
    [
      'Internal error occurred: failed calling webhook "x.kserve": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      "webhook x.kserve",
    ],
    [
      'conversion webhook for cert-manager.io/v1, Kind=Issuer failed: Post "https://cert-manager-webhook.cert-manager.svc:443/convert?timeout=30s": EOF',
      "the conversion webhook of cert-manager.io/v1 of Service cert-manager/cert-manager-webhook",
    ],
    [
      "conversion webhook for serving.kserve.io/v1beta1, Kind=InferenceService failed: Post: EOF",
      "the conversion webhook of serving.kserve.io/v1beta1",
    ],
    ["unable to load root certificates: unable to parse bytes as PEM block", "a certificate authority to be injected"],
    ['no matches for kind "Certificate" in version "cert-manager.io/v1"', "kind Certificate to be served"],
    ['namespaces "kubeflow" not found', "namespace kubeflow"],
    [
      "the object has been modified; please apply your changes to the latest version and try again",
      "a conflicting write to settle",
    ],
    ["dial tcp 127.0.0.1:6443: connect: connection refused", "the API server"],
    ["etcdserver: request timed out", "the API server"],
  ])("%s", (message, waitingFor) => {
    expect(classify(message)).toEqual({ isFinal: false, waitingFor });
  });
});

describe("errors that no further attempt helps", () => {
  it.each([
    'admission webhook "validator.kserve" denied the request: framework is required',
    'pods "x" is forbidden: exceeded quota: kf-resource-quota, requested: cpu=1, used: cpu=4, limited: cpu=4',
    'deployments.apps is forbidden: User "ci" cannot create resource "deployments"',
    'Deployment.apps "x" is invalid: spec.selector: Invalid value: field is immutable',
    'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.x',
    "'x' timed out waiting to be Ready",
    "Unauthorized",
    "something that nobody has seen before",
  ])("%s", (message) => {
    expect(classify(message)).toEqual({ isFinal: true });
  });
});

it("what was waited for in vain the whole time is named all the same", () => {
  const message =
    'Deployment kubeflow/x is not ready after 20 s: 0 of 1 up to date; ReplicaFailure=True: Internal error occurred: failed calling webhook "x": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": 503';
  expect(classify(message)).toEqual({ isFinal: true, waitingFor: "webhook x of Service istio-system/istiod" });
});

describe("the distances of attempts", () => {
  const distances = (count: number, deadline: number) =>
    Array.from({ length: count }, (_, index) => backoffSeconds(index + 1, deadline));

  it("grow, and stay bounded", () => {
    expect(distances(7, 1200)).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  it("fill every deadline with fewer retries than the engine allows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: secondsOf(LONGEST_DEADLINE) }), (deadline) => {
        expect(distances(99, deadline).reduce((sum, seconds) => sum + seconds)).toBeGreaterThanOrEqual(deadline);
      }),
    );
  });
});

it.each([
  [{ number: 5, of: 8, behind: 52 }, "it is in wave 5 of 8 and holds back the 52 objects of later waves"],
  [{ number: 8, of: 8, behind: 0 }, "it is in wave 8 of 8 and holds back nothing"],
])("what an object of wave %j holds back is said", (wave, text) => {
  expect(whatIsHeldBack(wave)).toBe(text);
});
