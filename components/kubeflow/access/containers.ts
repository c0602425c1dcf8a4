import { at, type KubernetesObject } from "../../kit/objects.ts";
import { type Container, changedContainers, containerKeys } from "../resources/containers.ts";
import { changedServingRuntime, changedTrialTemplates } from "../resources/user-templates.ts";
import type { ContainerUser, UserTable } from "./users.ts";

/** The user of a container whose user is set. */
type SetUser = Extract<ContainerUser, { is: "set" }>;

const SYSCALLS = { type: "RuntimeDefault" };

/**
 * A workload that starts with nothing it does not use: the runtime's system calls, no capabilities, no way to more
 * privileges, and no root where its table knows another user. Containers that the table does not hold stay as they are:
 * the node agent of istio-cni, which works on the nodes themselves, and what settings put beside others.
 */
export function withLeastPrivilege(object: KubernetesObject, users: UserTable): KubernetesObject {
  const keys = containerKeys(object);
  if (!keys.some((key) => key in users)) return object;
  const hardened = changedContainers(object, (container, key) =>
    key in users ? withSecurityContext(container, users[key]) : container,
  );
  return withPodSecurity(hardened, keys.map((key) => users[key]).find(isSet)?.fsGroup);
}

/**
 * What users start from a template of the platform: without capabilities, escalation and unusual system calls. The images
 * are left their users. KServe and Knative take the profile of system calls of a container only.
 */
export function withConfinedTemplates(object: KubernetesObject): KubernetesObject {
  const confined = (container: Container) => {
    const safe = withSecurityContext(container, undefined);
    return { ...safe, securityContext: { seccompProfile: SYSCALLS, ...(safe["securityContext"] as object) } };
  };
  return changedServingRuntime(changedTrialTemplates(object, confined), confined);
}

/** What a container says itself stays, but for what it would be refused for. */
function withSecurityContext(container: Container, user: ContainerUser | undefined): Container {
  const shipped = (container["securityContext"] ?? {}) as Readonly<Record<string, unknown>>;
  const capabilities = { ...(shipped["capabilities"] as object | undefined), drop: ["ALL"] };
  const securityContext = { ...shipped, allowPrivilegeEscalation: false, capabilities, ...identityOf(user) };
  return { ...container, securityContext };
}

/** By container, not by pod: the init container of the mesh runs as root. */
function identityOf(user: ContainerUser | undefined): object {
  if (!isSet(user)) return {};
  const { uid, gid } = user;
  return { runAsNonRoot: true, runAsUser: uid, ...(gid === undefined ? {} : { runAsGroup: gid }) };
}

function isSet(user: ContainerUser | undefined): user is SetUser {
  return user?.is === "set";
}

/** The profile of system calls is the pod's, so that it also holds for what the mesh injects. */
function withPodSecurity(object: KubernetesObject, fsGroup: number | undefined): KubernetesObject {
  const spec = object["spec"] as { template: { spec: Readonly<Record<string, unknown>> } };
  const podSpec = spec.template.spec;
  const shipped = at(podSpec, "securityContext") ?? {};
  const volumes = fsGroup === undefined ? {} : { fsGroup, fsGroupChangePolicy: "OnRootMismatch" };
  const securityContext = { seccompProfile: SYSCALLS, ...shipped, ...volumes };
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...podSpec, securityContext } } } };
}
