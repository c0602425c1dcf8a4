import { describe, expect, it } from "vitest";
import { backoffSeconds, classify } from "../../../components/kubeflow/retry/classify.ts";

describe("errors that pass while a platform comes up", () => {
  it.each([
    [
      'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://cert-manager-webhook.cert-manager.svc:443/mutate": no endpoints available for service "cert-manager-webhook"',
      "webhook webhook.cert-manager.io",
    ],
    [
      'Internal error occurred: failed calling webhook "x.kserve": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      "webhook x.kserve",
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
    expect(classify(message)).toEqual({ kind: "passing", waitingFor });
  });
});

describe("errors that no further attempt helps", () => {
  it.each([
    'admission webhook "validator.kserve" denied the request: framework is required',
    'pods "x" is forbidden: exceeded quota: kf-resource-quota, requested: cpu=1, used: cpu=4, limited: cpu=4',
    'deployments.apps is forbidden: User "ci" cannot create resource "deployments"',
    'Deployment.apps "x" is invalid: spec.selector: Invalid value: field is immutable',
    "Unauthorized",
    "something that nobody has seen before",
  ])("%s", (message) => {
    expect(classify(message)).toEqual({ kind: "final" });
  });
});

it("attempts come at growing distances that stay bounded", () => {
  expect([1, 2, 3, 4, 5, 50].map(backoffSeconds)).toEqual([1, 2, 4, 8, 15, 15]);
});
