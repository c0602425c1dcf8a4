import { at, textAt } from "../reading.ts";
import type { KubernetesSubject, Stack } from "../resource.ts";
import { isKnownToBeSo, isSoForOne } from "./decide.ts";

/** Label that the profile controller puts on namespaces of profiles. */
const PROFILE_LABEL = ["metadata", "labels", "app.kubernetes.io/part-of"];
const PROFILE = "kubeflow-profile";

/** What shows that there is a profile: Profiles, and namespaces that are one or may be, of whose Profile nothing is known. */
export function profilesOf(stack: Stack): KubernetesSubject[] {
  const profiles = stack.objectsOf("Profile", "kubeflow.org");
  const named = new Set(profiles.map(({ objectName }) => objectName));
  const isOther = ({ value }: KubernetesSubject) => at(value, ...PROFILE_LABEL) !== PROFILE;
  const namespaces = stack
    .objectsOf("Namespace", "")
    .filter((space) => !named.has(space.objectName) && !isKnownToBeSo(() => isOther(space)));
  return [...profiles, ...namespaces];
}

/**
 * The name of a profile, which is that of its namespace; undefined where it is none after all. Throws UnknownValue where
 * that cannot be told.
 */
export function profileNameOf({ kind, value }: KubernetesSubject): string | undefined {
  if (kind !== "Profile" && at(value, ...PROFILE_LABEL) !== PROFILE) return undefined;
  return textAt(value, "metadata", "name");
}

/** Whether a namespace is that of a profile. Throws UnknownValue where no known profile has its name. */
export function isOfProfile(namespace: string | undefined, stack: Stack): boolean {
  return isSoForOne(profilesOf(stack), (profile) => profileNameOf(profile) === namespace);
}

/** Whether an object of a kind in a namespace answers a question with yes. */
export function hasIn(
  stack: Stack,
  kind: string,
  namespace: string,
  question: (object: KubernetesSubject) => boolean = () => true,
): boolean {
  return isSoForOne(
    stack.objectsOf(kind),
    (object) => textAt(object.value, "metadata", "namespace") === namespace && question(object),
  );
}

/** Whether the platform, which makes profiles, is in the stack. */
export function hasPlatform(stack: Stack): boolean {
  if (stack.objectsOf("Profile", "kubeflow.org").length > 0) return true;
  return isSoForOne(
    stack.objectsOf("Deployment"),
    ({ value }) => textAt(value, "metadata", "name") === "profiles-deployment",
  );
}
