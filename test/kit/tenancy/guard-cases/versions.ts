import type { GuardCase } from "./guard-case.ts";
import { container, pod, withContainer, installing, operator } from "./requests.ts";

/** Of versions that were validated. */
export const versionCases: readonly GuardCase[] = [
  { guard: "transformers", what: "the validated version", request: installing("transformers==4.35.0") },
  { guard: "transformers", what: "a repair of it", request: installing("'transformers[torch]==4.35.2'") },
  { guard: "transformers", what: "an older one", request: installing("transformers==4.9.2") },
  {
    guard: "transformers",
    what: "the next one",
    refused: "transformers==4.36 is beyond",
    request: installing("transformers==4.36.0"),
  },
  {
    guard: "transformers",
    what: "a later one",
    refused: "transformers==5.0 is beyond",
    request: installing("transformers==5.0.1 accelerate==0.2.0"),
  },
  {
    guard: "transformers",
    what: "one in the arguments of an init container",
    refused: "transformers[torch]==4.40 is beyond",
    request: pod({
      initContainers: [container({ name: "setup", args: ["pip", "install", "transformers[torch]==4.40.0"] })],
    }),
  },
  {
    guard: "transformers",
    what: "one in a variable",
    refused: "transformers==4.36 is beyond",
    request: withContainer({ env: [{ name: "TRANSFORMERS_VERSION", value: "4.36.0" }] }),
  },
  {
    guard: "transformers",
    what: "one in a list of packages",
    refused: "transformers==4.37 is beyond",
    request: withContainer({ env: [{ name: "PIP_PACKAGES", value: "torch==2.1.0 transformers==4.37.2" }] }),
  },
  {
    guard: "transformers",
    what: "one in the tag of an image",
    refused: "transformers==4.36 is beyond",
    request: withContainer({ image: "quay.io/ml/transformers-pytorch-gpu:4.36.0" }),
  },
  {
    guard: "transformers",
    what: "the validated one in the tag of an image",
    request: withContainer({ image: "quay.io/ml/transformers-pytorch-gpu:4.35.0" }),
  },
  { guard: "transformers", what: "no version", request: installing("transformers") },
  { guard: "transformers", what: "another package", request: installing("sentence-transformers==5.1.0") },
  {
    guard: "training-operator",
    what: "the validated version",
    request: operator("quay.io/kubeflow/training-operator:v1.8.0"),
  },
  {
    guard: "training-operator",
    what: "a commit, which says no version",
    request: operator("kubeflow/training-operator:v1-855e096"),
  },
  {
    guard: "training-operator",
    what: "the next one",
    refused: "training-operator:v1.9.2 is beyond",
    request: operator("kubeflow/training-operator:v1.9.2"),
  },
  {
    guard: "training-operator",
    what: "a later one",
    refused: "training-operator:v2.0.0 is beyond",
    request: operator("kubeflow/training-operator:v2.0.0"),
  },
  { guard: "training-operator", what: "another image", request: operator("kubeflow/mpi-operator:v9.9.9") },
];
