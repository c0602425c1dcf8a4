import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { dump } from "js-yaml";
import { digestsOf } from "../../components/kubeflow/release/lock.ts";
import { renderExtra } from "../../components/kubeflow/release/index.ts";
import { findSource } from "../../components/kubeflow/release/source.ts";
import { type ReleaseDefinition, releases } from "../../components/kubeflow/releases/index.ts";

const NAME = "training-operator-1.8.0";
const IMAGE = "docker.io/kubeflow/training-operator:synthetic";
const WEBHOOK_PORT = 9443;

/** A source that its owner has put a Training Operator into, and the release with a lock of that operator. */
export interface SuppliedOperator {
  readonly source: string;
  readonly release: ReleaseDefinition;
  readonly image: string;
}

/**
 * The real manifests of v1.8.1 with a SYNTHETIC operator where one of 1.8.0 is looked for: the 1.7.0 of the release, with
 * another image, and with the webhook and its certificate that 1.8 has as far as the definition of the extra names them.
 * What upstream has there is not known to it, so nothing that it shows is shown of upstream's 1.8.0.
 */
export async function suppliedOperator(directory: string): Promise<SuppliedOperator> {
  const source = path.join(directory, "manifests");
  await mkdir(source);
  const found = await findSource(releases["1.8.1"], undefined);
  const opened = await found.open(source);
  if (opened !== source) await cp(opened, source, { recursive: true });
  await writeOperator(source);
  const lock = path.join(await mkdtemp(path.join(directory, "lock-")), "lock.json");
  const supplied = await findSource(releases["1.8.1"], source);
  const { objects } = await renderExtra(releases["1.8.1"], NAME, supplied);
  const digests = digestsOf(objects.map(({ object }) => object));
  await writeFile(lock, JSON.stringify({ version: "1.8.1", commit: "synthetic", objects: digests }));
  return { source, release: lockedBy(lock), image: IMAGE };
}

function lockedBy(lock: string): ReleaseDefinition {
  const release: ReleaseDefinition = releases["1.8.1"];
  const extra = releases["1.8.1"].extras[NAME];
  return { ...release, extras: { ...release.extras, [NAME]: { ...extra, lock: new URL(`file://${lock}`) } } };
}

async function writeOperator(source: string): Promise<void> {
  const shipped = path.join(source, "apps", "training-operator", "upstream");
  const supplied = path.join(source, "apps", NAME);
  await cp(shipped, supplied, { recursive: true });
  const overlay = path.join(supplied, "overlays", "kubeflow");
  const kustomization = path.join(overlay, "kustomization.yaml");
  const [name, tag] = IMAGE.split(/:(?=[^/]*$)/);
  const listed = (await readFile(kustomization, "utf8"))
    .replace("resources:\n", "resources:\n  - webhook.yaml\n")
    .replace(/newTag: .*/, `newName: ${name}\n    newTag: ${tag}`);
  await writeFile(kustomization, `${listed}\npatches:\n  - path: patches.yaml\n`);
  await writeFile(path.join(overlay, "patches.yaml"), PATCHES.map((patch) => dump(patch)).join("---\n"));
  await writeFile(path.join(overlay, "webhook.yaml"), ADDED.map((object) => dump(object)).join("---\n"));
}

const PATCHES = [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "training-operator" },
    spec: {
      ports: [
        { name: "monitoring-port", port: 8080, targetPort: 8080 },
        { name: "webhook-server", port: 443, targetPort: WEBHOOK_PORT, protocol: "TCP" },
      ],
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "training-operator" },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: "training-operator",
              volumeMounts: [{ name: "cert", mountPath: "/tmp/k8s-webhook-server/serving-certs", readOnly: true }],
            },
          ],
          volumes: [{ name: "cert", secret: { secretName: "training-operator-webhook-cert" } }],
        },
      },
    },
  },
];

const ADDED = [
  { apiVersion: "v1", kind: "Secret", metadata: { name: "training-operator-webhook-cert" }, type: "Opaque" },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "validator.training-operator.kubeflow.org" },
    webhooks: [
      {
        name: "validator.pytorchjob.training-operator.kubeflow.org",
        admissionReviewVersions: ["v1"],
        failurePolicy: "Fail",
        sideEffects: "None",
        clientConfig: {
          service: { name: "training-operator", namespace: "kubeflow", path: "/validate-kubeflow-org-v1-pytorchjob" },
        },
        rules: [
          {
            apiGroups: ["kubeflow.org"],
            apiVersions: ["v1"],
            operations: ["CREATE", "UPDATE"],
            resources: ["pytorchjobs"],
          },
        ],
      },
    ],
  },
];
