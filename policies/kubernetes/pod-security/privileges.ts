import { at, isFalse, isTrue, listAt, numberAt, textAt, textsAt } from "../../reading.ts";
import type { ContainerSubject } from "../pod-templates.ts";
import type { Breach, Minor, PodSecurityCheck } from "./check.ts";

const CAPABILITIES = ["securityContext", "capabilities"] as const;
const BASELINE_CAPABILITIES: ReadonlySet<string> = new Set([
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
]);

/** From here on, what a pod in a user namespace of its own may do is not held against it. */
const USER_NAMESPACES: Minor = 35;

/** What a container may do beyond what its program needs. */
export const privilegeChecks: readonly PodSecurityCheck[] = [
  {
    id: "privileged",
    level: "baseline",
    container: ({ value }) => {
      const path = ["securityContext", "privileged"];
      return isTrue(value, ...path) ? [{ path, message: "is privileged" }] : [];
    },
  },
  {
    id: "capabilities_baseline",
    level: "baseline",
    container: ({ value }) => additions(value, (name) => BASELINE_CAPABILITIES.has(name)),
  },
  {
    id: "capabilities_restricted",
    level: "restricted",
    overrides: "capabilities_baseline",
    container: (container) => {
      if (isOfWindows(container.podSpec)) return [];
      const added = additions(container.value, (name) => name === "NET_BIND_SERVICE");
      if (listAt(container.value, ...CAPABILITIES, "drop").includes("ALL")) return added;
      // An unknown member may be the one that is looked for.
      textsAt(container.value, ...CAPABILITIES, "drop");
      return [{ path: [...CAPABILITIES, "drop"], message: "does not drop ALL capabilities" }, ...added];
    },
  },
  {
    id: "allowPrivilegeEscalation",
    level: "restricted",
    container: ({ value, podSpec }) => {
      const path = ["securityContext", "allowPrivilegeEscalation"];
      if (isOfWindows(podSpec) || isFalse(value, ...path)) return [];
      return [{ path, message: "may gain more privileges than it was started with" }];
    },
  },
  {
    id: "runAsNonRoot",
    level: "restricted",
    pod: ({ value }, version) => {
      const path = ["securityContext", "runAsNonRoot"];
      if (!isFalse(value, ...path) || hasUserNamespace(value, version)) return [];
      return [{ path, message: "may run as root" }];
    },
    container: ({ value, podSpec }, version) => {
      const path = ["securityContext", "runAsNonRoot"];
      const own = at(value, ...path);
      if (own === undefined ? isTrue(podSpec, ...path) : isTrue(own)) return [];
      if (hasUserNamespace(podSpec, version)) return [];
      return [{ path, message: own === undefined ? "is not kept from running as root" : "may run as root" }];
    },
  },
  {
    id: "runAsUser",
    level: "restricted",
    pod: ({ value }, version) => rootUser(value, value, version),
    container: ({ value, podSpec }, version) => rootUser(value, podSpec, version),
  },
  {
    id: "procMount",
    level: "baseline",
    container: (container, version) => (hasUserNamespace(container.podSpec, version) ? [] : procMount(container)),
  },
  {
    id: "procMount_restricted",
    level: "restricted",
    since: 35,
    overrides: "procMount",
    container: procMount,
  },
];

export function isOfWindows(podSpec: unknown): boolean {
  return textAt(podSpec, "os", "name") === "windows";
}

function hasUserNamespace(podSpec: unknown, version: Minor): boolean {
  return version >= USER_NAMESPACES && isFalse(podSpec, "hostUsers");
}

function additions(container: unknown, isAllowed: (name: string) => boolean): Breach[] {
  const path = [...CAPABILITIES, "add"];
  const forbidden = textsAt(container, ...path).filter((name) => !isAllowed(name));
  return forbidden.length === 0 ? [] : [{ path, message: `adds the capabilities ${forbidden.join(", ")}` }];
}

function rootUser(value: unknown, podSpec: unknown, version: Minor): Breach[] {
  const path = ["securityContext", "runAsUser"];
  if (numberAt(value, ...path) !== 0 || hasUserNamespace(podSpec, version)) return [];
  return [{ path, message: "runs as root" }];
}

function procMount({ value }: ContainerSubject): Breach[] {
  const path = ["securityContext", "procMount"];
  const mount = at(value, ...path);
  return mount === undefined || mount === "Default" ? [] : [{ path, message: "sees all of /proc" }];
}
