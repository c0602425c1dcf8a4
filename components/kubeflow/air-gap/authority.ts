import { createHash } from "node:crypto";
import { type KubernetesObject, listAt, objectId } from "../../kit/objects.ts";
import { changedAt, changedContainer } from "../images/change.ts";
import type { ContainerPlace } from "../images/places.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { withPodAnnotations } from "../pod-template.ts";

/** A program that asks registries about images itself, so that what the nodes trust does not help it. */
export interface RegistryClient extends ContainerPlace {
  /** What it asks. */
  readonly why: string;
  readonly evidence: string;
}

/** Name of the ConfigMap with the authority, in each namespace that has such a program. */
export const AUTHORITY = "registry-authority";

/** Annotation of the pods that trust it: a program reads its authorities once. */
export const AUTHORITY_ANNOTATION = "kubeflow-on-pulumi/registry-authority";

const DIRECTORY = "/etc/registry-authority";
const FILE = "ca.crt";

/** Go reads its bundle of authorities from a file, and besides that every certificate in these folders. */
const TRUSTED = { name: "SSL_CERT_DIR", value: `/etc/ssl/certs:${DIRECTORY}` };

/** The authority of a private registry for the programs that speak to registries: a ConfigMap, mounted, and looked at. */
export function authorityAdjustment(ca: string | undefined, clients: readonly RegistryClient[]): Adjustment {
  if (ca === undefined) return (objects) => objects;
  return (objects) => {
    const trusting = objects.filter(({ object }) => clientsIn(object, clients).length > 0);
    const byNamespace = Map.groupBy(trusting, ({ object }) => object.metadata.namespace ?? "default");
    const authorities = [...byNamespace].flatMap(([namespace, [first]]): PlannedObject[] =>
      first === undefined ? [] : [{ object: authorityIn(namespace, ca), part: first.part }],
    );
    return [...authorities, ...objects.map(({ object, part }) => ({ object: trustingIn(object, clients, ca), part }))];
  };
}

function clientsIn(object: KubernetesObject, clients: readonly RegistryClient[]): readonly RegistryClient[] {
  return clients.filter(({ workload }) => workload === objectId(object));
}

function authorityIn(namespace: string, ca: string): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: AUTHORITY, namespace }, data: { [FILE]: ca } };
}

function trustingIn(object: KubernetesObject, clients: readonly RegistryClient[], ca: string): KubernetesObject {
  const trusting = clientsIn(object, clients);
  if (trusting.length === 0) return object;
  const mounted = trusting.reduce(
    (changing, { container }) =>
      changedContainer(changing, container, (spec) => ({
        ...spec,
        env: [...listAt(spec, "env"), TRUSTED],
        volumeMounts: [...listAt(spec, "volumeMounts"), { name: AUTHORITY, mountPath: DIRECTORY, readOnly: true }],
      })),
    object,
  );
  const withVolume = changedAt(mounted, ["spec", "template", "spec", "volumes"], (volumes) => [
    ...((volumes as readonly unknown[] | undefined) ?? []),
    { name: AUTHORITY, configMap: { name: AUTHORITY } },
  ]);
  return withPodAnnotations(withVolume, { [AUTHORITY_ANNOTATION]: fingerprint(ca) });
}

function fingerprint(ca: string): string {
  return createHash("sha256").update(ca).digest("hex").slice(0, 16);
}
