import type { ContainerSubject } from "./pod-templates.ts";
import { EACH, type Pattern } from "./places.ts";

/** Where an object of some kind holds a pod template, and where the template holds its containers. */
export interface Shape {
  readonly path: Pattern;
  /** Whether there is `{ metadata, spec }` at the path; else the path leads to what stands for a pod's spec. */
  readonly wrapped: boolean;
  /** Lists of containers, or single ones, in the spec. */
  readonly containers: readonly ContainerPlace[];
  /** What holds no container makes no pod: a step of a workflow that only lists others. */
  readonly onlyWithContainers?: boolean;
}

interface ContainerPlace {
  readonly path: Pattern;
  readonly kind: ContainerSubject["kind"];
}

const POD: readonly ContainerPlace[] = [
  { path: ["containers"], kind: "container" },
  { path: ["initContainers"], kind: "init" },
  { path: ["ephemeralContainers"], kind: "ephemeral" },
];

/** KServe takes a model server as a block of its own, named for the framework, beside ordinary containers. */
const MODEL_SERVERS =
  /^(model|sklearn|xgboost|tensorflow|pytorch|triton|onnx|huggingface|pmml|lightgbm|paddle|mlflow|alibi|aix|art)$/;
const KSERVE: readonly ContainerPlace[] = [...POD, { path: [MODEL_SERVERS], kind: "container" }];

const ARGO: readonly ContainerPlace[] = [
  { path: ["container"], kind: "container" },
  { path: ["script"], kind: "container" },
  { path: ["containerSet", "containers"], kind: "container" },
  { path: ["sidecars"], kind: "container" },
  { path: ["initContainers"], kind: "init" },
];

const template = (...path: Pattern): readonly Shape[] => [{ path, wrapped: true, containers: POD }];
const inline = (containers: readonly ContainerPlace[], ...path: Pattern): Shape => ({
  path,
  wrapped: false,
  containers,
});
const workflow = (...path: Pattern): readonly Shape[] => [
  { path: [...path, "templates", EACH], wrapped: false, containers: ARGO, onlyWithContainers: true },
  { path: [...path, "templateDefaults"], wrapped: false, containers: ARGO, onlyWithContainers: true },
];

const replicaSpecs = template("spec", /ReplicaSpecs$/, EACH, "template");
const servingRuntime = [inline(POD, "spec")];

/** By kind. Objects that hold other objects (lists, Katib's trials, ConfigMaps) are in embedded.ts. */
export const PLACES: ReadonlyMap<string, readonly Shape[]> = new Map(
  Object.entries<readonly Shape[]>({
    Pod: template(),
    PodTemplate: template("template"),
    ...Object.fromEntries(
      ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"].map((kind) => [
        kind,
        template("spec", "template"),
      ]),
    ),
    CronJob: template("spec", "jobTemplate", "spec", "template"),
    Notebook: template("spec", "template"),
    ...Object.fromEntries(
      ["PyTorchJob", "TFJob", "XGBoostJob", "MXJob", "PaddleJob", "MPIJob"].map((kind) => [kind, replicaSpecs]),
    ),
    InferenceService: [inline(KSERVE, "spec", /^(predictor|transformer|explainer)$/)],
    ServingRuntime: servingRuntime,
    ClusterServingRuntime: servingRuntime,
    /** Of Knative; a core Service has no template. */
    Service: template("spec", "template"),
    Configuration: template("spec", "template"),
    Revision: template(),
    Workflow: workflow("spec"),
    WorkflowTemplate: workflow("spec"),
    ClusterWorkflowTemplate: workflow("spec"),
    CronWorkflow: workflow("spec", "workflowSpec"),
    ScheduledWorkflow: workflow("spec", "workflow", "spec"),
    PodDefault: [
      {
        ...inline(
          [
            { path: ["initContainers"], kind: "init" },
            { path: ["sidecars"], kind: "container" },
          ],
          "spec",
        ),
      },
    ],
  }),
);
