import { at, type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import { type Adjustment, each } from "../plan.ts";

const NODE_AGENT = "DaemonSet.apps kube-system/istio-cni-node";
const CONFIG = "ConfigMap kube-system/istio-cni-config";
const VOLUME = "cni-bin-dir";

/** Puts the plug-in of istio-cni where the nodes' kubelet looks for plug-ins; nothing where istio-cni is not there. */
export function cniAdjustment({ binDirectory }: { readonly binDirectory: string }): Adjustment {
  return each((object) => {
    if (objectId(object) === NODE_AGENT) return withHostPath(object, binDirectory);
    return objectId(object) === CONFIG ? withConfiguredPath(object, binDirectory) : object;
  });
}

function withHostPath(object: KubernetesObject, path: string): KubernetesObject {
  const spec = object["spec"] as { template: { spec: object } };
  const podSpec = spec.template.spec;
  const volumes = listAt(podSpec, "volumes").map((volume) =>
    textAt(volume, "name") === VOLUME ? { name: VOLUME, hostPath: { path } } : volume,
  );
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...podSpec, volumes } } } };
}

function withConfiguredPath(object: KubernetesObject, path: string): KubernetesObject {
  const data = at(object, "data") as Readonly<Record<string, string>>;
  const configured = Object.entries(data).map(([key, text]) => [
    key,
    text.replace(/("cni_bin_dir":\s*)"[^"]*"/, `$1${JSON.stringify(path)}`),
  ]);
  return { ...object, data: Object.fromEntries(configured) as Record<string, string> };
}
