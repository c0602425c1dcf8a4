import { type Live, Program } from "../live.ts";
import type { Made } from "../made.ts";
import { notebookImages } from "./notebooks.ts";

/** Jobs of the Training Operator, which prepares their pods with images of its own. */
export async function trainingJobs(live: Live, namespace: string): Promise<Made[]> {
  const operator = await Program.of(live, "kubeflow/training-operator", "training-operator");
  const waiting = operator.flag("--pytorch-init-container-image") ?? "alpine:3.10";
  const delivery = operator.flag("--mpi-kubectl-delivery-image") ?? "mpioperator/kubectl-delivery:latest";
  const [image = operator.image] = await notebookImages(live);
  const job = (
    kind: string,
    replicas: string,
    roles: readonly string[],
    init: Readonly<Record<string, string>>,
  ): Made => {
    const container = kind.replace("Job", "").toLowerCase();
    const role = { replicas: 1, template: { spec: { containers: [{ name: container, image }] } } };
    return {
      object: {
        apiVersion: "kubeflow.org/v1",
        kind,
        metadata: { name: container, namespace },
        spec: { [replicas]: Object.fromEntries(roles.map((name) => [name, role])) },
      },
      plural: `${kind.toLowerCase()}s`,
      pods: [{ init, containers: { [container]: image } }],
    };
  };
  return [
    job("PyTorchJob", "pytorchReplicaSpecs", ["Master", "Worker"], { "init-pytorch": waiting }),
    job("MPIJob", "mpiReplicaSpecs", ["Launcher", "Worker"], { "kubectl-delivery": delivery }),
  ];
}

/** Pods that cert-manager starts for a user's certificates. */
export async function certificates(live: Live, namespace: string): Promise<Made[]> {
  const certManager = await Program.of(live, "cert-manager/cert-manager", "cert-manager-controller");
  const solver = certManager.flag("--acme-http01-solver-image") ?? "";
  return [
    {
      object: {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "certificate", namespace },
        spec: { secretName: "certificate", dnsNames: ["example.com"], issuerRef: { name: "issuer" } },
      },
      plural: "certificates",
      pods: [{ containers: { acmesolver: solver } }],
    },
  ];
}

/** Pods that Knative Eventing starts for a user's sources of events. */
export async function eventSources(live: Live, namespace: string): Promise<Made[]> {
  const eventing = await Program.of(live, "knative-eventing/eventing-controller", "eventing-controller");
  const adapter = (await eventing.variable("APISERVER_RA_IMAGE")) ?? "";
  return [
    {
      object: {
        apiVersion: "sources.knative.dev/v1",
        kind: "ApiServerSource",
        metadata: { name: "events", namespace },
        spec: { resources: [{ apiVersion: "v1", kind: "Event" }], sink: { uri: "http://example.com" } },
      },
      plural: "apiserversources",
      pods: [{ containers: { "receive-adapter": adapter } }],
    },
  ];
}
