import { describe, expect, it } from "vitest";
import { containers, podTemplates } from "../../../policies/kubernetes/pod-templates.ts";
import { UNKNOWN } from "../../../policies/reading.ts";
import type { Resource } from "../../../policies/resource.ts";
import { viewOf } from "../../../policies/view.ts";
import { UNKNOWN_TEXT } from "../../kit/policy.ts";

const container = { name: "main", image: "python:3.12" };
const pod = { spec: { containers: [container] } };
const replicas = { Master: { template: pod }, Worker: { template: pod } };

function resource(apiVersion: string, kind: string, fields: object, type = kind): Resource {
  const properties = { apiVersion, kind, metadata: { name: "x", namespace: "y" }, ...fields };
  const token = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${type}`;
  return viewOf({ type: token, name: "y/x", urn: "urn", properties });
}

/** How many containers each kind has, and the path of the first. */
const kinds: [string, Resource, number, string][] = [
  ["Pod", resource("v1", "Pod", pod), 1, "spec.containers.0"],
  ...["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map((kind): [string, Resource, number, string] => [
    kind,
    resource("apps/v1", kind, { spec: { template: pod } }),
    1,
    "spec.template.spec.containers.0",
  ]),
  [
    "ReplicationController",
    resource("v1", "ReplicationController", { spec: { template: pod } }),
    1,
    "spec.template.spec.containers.0",
  ],
  ["Job", resource("batch/v1", "Job", { spec: { template: pod } }), 1, "spec.template.spec.containers.0"],
  [
    "CronJob",
    resource("batch/v1", "CronJob", { spec: { jobTemplate: { spec: { template: pod } } } }),
    1,
    "spec.jobTemplate.spec.template.spec.containers.0",
  ],
  [
    "Notebook",
    resource("kubeflow.org/v1", "Notebook", { spec: { template: pod } }),
    1,
    "spec.template.spec.containers.0",
  ],
  [
    "PyTorchJob",
    resource("kubeflow.org/v1", "PyTorchJob", { spec: { pytorchReplicaSpecs: replicas } }),
    2,
    "spec.pytorchReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "TFJob",
    resource("kubeflow.org/v1", "TFJob", { spec: { tfReplicaSpecs: replicas } }),
    2,
    "spec.tfReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "XGBoostJob",
    resource("kubeflow.org/v1", "XGBoostJob", { spec: { xgbReplicaSpecs: replicas } }),
    2,
    "spec.xgbReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "MXJob",
    resource("kubeflow.org/v1", "MXJob", { spec: { mxReplicaSpecs: replicas } }),
    2,
    "spec.mxReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "PaddleJob",
    resource("kubeflow.org/v1", "PaddleJob", { spec: { paddleReplicaSpecs: replicas } }),
    2,
    "spec.paddleReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "MPIJob",
    resource("kubeflow.org/v1", "MPIJob", { spec: { mpiReplicaSpecs: replicas } }),
    2,
    "spec.mpiReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "InferenceService of a model",
    resource("serving.kserve.io/v1beta1", "InferenceService", {
      spec: { predictor: { model: { runtime: "kserve-huggingfaceserver" }, minReplicas: 1 } },
    }),
    1,
    "spec.predictor.model",
  ],
  [
    "InferenceService of a framework",
    resource("serving.kserve.io/v1beta1", "InferenceService", {
      spec: { predictor: { sklearn: {} }, transformer: { containers: [container] } },
    }),
    2,
    "spec.predictor.sklearn",
  ],
  [
    "ServingRuntime",
    resource("serving.kserve.io/v1alpha1", "ServingRuntime", { spec: { containers: [container] } }),
    1,
    "spec.containers.0",
  ],
  [
    "ClusterServingRuntime",
    resource("serving.kserve.io/v1alpha1", "ClusterServingRuntime", { spec: { containers: [container] } }),
    1,
    "spec.containers.0",
  ],
  [
    "a Service of Knative",
    resource("serving.knative.dev/v1", "Service", { spec: { template: pod } }),
    1,
    "spec.template.spec.containers.0",
  ],
  ["a Service of the core", resource("v1", "Service", { spec: { ports: [{ port: 80 }] } }), 0, ""],
  [
    "Workflow",
    resource("argoproj.io/v1alpha1", "Workflow", {
      spec: {
        templates: [
          { dag: {} },
          { container, sidecars: [container], initContainers: [container] },
          { script: container },
        ],
      },
    }),
    4,
    "spec.templates.1.container",
  ],
  [
    "WorkflowTemplate",
    resource("argoproj.io/v1alpha1", "WorkflowTemplate", { spec: { templates: [{ container }] } }),
    1,
    "spec.templates.0.container",
  ],
  [
    "CronWorkflow",
    resource("argoproj.io/v1alpha1", "CronWorkflow", {
      spec: { workflowSpec: { templates: [{ script: container }] } },
    }),
    1,
    "spec.workflowSpec.templates.0.script",
  ],
  [
    "ScheduledWorkflow",
    resource("kubeflow.org/v1beta1", "ScheduledWorkflow", {
      spec: { workflow: { spec: { templates: [{ container }] } } },
    }),
    1,
    "spec.workflow.spec.templates.0.container",
  ],
  [
    "ScheduledWorkflow as text",
    resource("kubeflow.org/v1beta1", "ScheduledWorkflow", {
      spec: { workflow: { spec: JSON.stringify({ templates: [{ container }] }) } },
    }),
    1,
    "spec.workflow.spec.spec.templates.0.container",
  ],
  [
    "Experiment",
    resource("kubeflow.org/v1beta1", "Experiment", {
      spec: {
        trialTemplate: {
          trialSpec: { apiVersion: "kubeflow.org/v1", kind: "PyTorchJob", spec: { pytorchReplicaSpecs: replicas } },
        },
      },
    }),
    2,
    "spec.trialTemplate.trialSpec.spec.pytorchReplicaSpecs.Master.template.spec.containers.0",
  ],
  [
    "PodDefault",
    resource("kubeflow.org/v1alpha1", "PodDefault", { spec: { sidecars: [container] } }),
    1,
    "spec.sidecars.0",
  ],
  [
    "ConfigMap of trials",
    resource("v1", "ConfigMap", {
      data: { "a.yaml": JSON.stringify({ apiVersion: "batch/v1", kind: "Job", spec: { template: pod } }) },
    }),
    1,
    "data.a.yaml.spec.template.spec.containers.0",
  ],
  [
    "DeploymentPatch",
    resource("apps/v1", "Deployment", { spec: { template: pod } }, "DeploymentPatch"),
    1,
    "spec.template.spec.containers.0",
  ],
  [
    "PodList",
    resource("v1", "PodList", {
      items: [
        { metadata: { name: "a" }, ...pod },
        { metadata: { name: "b" }, ...pod },
      ],
    }),
    2,
    "items.0.spec.containers.0",
  ],
  [
    "List",
    resource("v1", "List", { items: [{ apiVersion: "apps/v1", kind: "Deployment", spec: { template: pod } }] }),
    1,
    "items.0.spec.template.spec.containers.0",
  ],
];

describe("containers", () => {
  it.each(kinds)("of %s", (_, object, count, first) => {
    const found = containers(object);
    expect(found).toHaveLength(count);
    expect(found[0]?.path.join(".") ?? "").toBe(first);
  });

  it("of a pod are told by their kind", () => {
    const spec = { containers: [container], initContainers: [container], ephemeralContainers: [container] };
    expect(containers(resource("v1", "Pod", { spec })).map(({ kind, name }) => [kind, name])).toEqual([
      ["container", "container main of Pod y/x"],
      ["init", "init container main of Pod y/x"],
      ["ephemeral", "ephemeral container main of Pod y/x"],
    ]);
  });

  it("stand in for what is unknown, beside those that are known", () => {
    const unknown = resource("serving.kserve.io/v1beta1", "InferenceService", {
      spec: { predictor: UNKNOWN_TEXT, transformer: { containers: [container] } },
    });
    expect(containers(unknown).map(({ value }) => value)).toEqual([UNKNOWN, container]);
    expect(containers(resource("v1", "Pod", { spec: { containers: UNKNOWN_TEXT } })).map(({ value }) => value)).toEqual(
      [UNKNOWN],
    );
  });
});

it("pods of a patch are known as such, and those of a CustomResourceDefinition are none", () => {
  const [patch] = podTemplates(resource("apps/v1", "Deployment", { spec: { template: pod } }, "DeploymentPatch"));
  expect([patch?.object.kind, patch?.object.isPatch]).toEqual(["Deployment", true]);
  expect(resource("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}).objects).toEqual([]);
});

it("text that is no manifest is passed over", () => {
  const text = "-----BEGIN CERTIFICATE-----\nkind: [}\n";
  const data = { "ca.pem": text, script: "#!/bin/sh\necho kind: Pod", number: "1", broken: "a: [", empty: "" };
  expect(podTemplates(resource("v1", "ConfigMap", { data }))).toEqual([]);
});
