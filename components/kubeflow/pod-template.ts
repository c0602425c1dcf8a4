import { type KubernetesObject } from "../kit/objects.ts";

interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } & Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A Deployment or StatefulSet with its pod template changed. */
export function withPodTemplate(
  object: KubernetesObject,
  change: (template: PodTemplate) => PodTemplate,
): KubernetesObject {
  const spec = object["spec"] as Readonly<Record<string, unknown>> & { template: PodTemplate };
  return { ...object, spec: { ...spec, template: change(spec.template) } };
}

/** The same with annotations added to its pods, which are replaced when these change. */
export function withPodAnnotations(
  object: KubernetesObject,
  annotations: Readonly<Record<string, string>>,
): KubernetesObject {
  return withPodTemplate(object, ({ metadata, ...template }) => ({
    ...template,
    metadata: { ...metadata, annotations: { ...metadata?.annotations, ...annotations } },
  }));
}
