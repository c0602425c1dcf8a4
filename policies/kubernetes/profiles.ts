import { peek } from "../reading.ts";
import type { KubernetesSubject, Stack } from "../resource.ts";

/** Label that the profile controller puts on namespaces of profiles. */
const PROFILE_LABEL = "app.kubernetes.io/part-of";
const PROFILE = "kubeflow-profile";

/** The objects that say there is a profile, by the name of its namespace: the Profile itself before its namespace. */
export function profilesOf(stack: Stack): ReadonlyMap<string, KubernetesSubject> {
  const namespaces = stack
    .objectsOf("Namespace", "")
    .filter(({ value }) => peek(value, ["metadata", "labels", PROFILE_LABEL]) === PROFILE);
  const profiles = stack.objectsOf("Profile", "kubeflow.org");
  return new Map([...namespaces, ...profiles].map((object) => [object.objectName, object]));
}

/** Whether the platform, which makes profiles, is in the stack. */
export function hasPlatform(stack: Stack): boolean {
  return (
    stack.objectsOf("Profile", "kubeflow.org").length > 0 ||
    stack.objectsOf("Deployment").some(({ objectName }) => objectName === "profiles-deployment")
  );
}

/** Objects of a kind in a namespace. */
export function inNamespace(stack: Stack, kind: string, namespace: string): readonly KubernetesSubject[] {
  return stack.objectsOf(kind).filter((object) => object.namespace === namespace);
}
