import { at, entriesAt, listAt, textAt, UNKNOWN, UnknownValue } from "../../reading.ts";
import type { Breach, Minor, PodSecurityCheck } from "./check.ts";
import { isOfWindows } from "./privileges.ts";

const SECCOMP = ["securityContext", "seccompProfile"] as const;
const APP_ARMOR = ["securityContext", "appArmorProfile"] as const;
const SE_LINUX = ["securityContext", "seLinuxOptions"] as const;
const APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

const SE_LINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/** What confines the system calls, files and kernel settings that are within reach of a pod. */
export const profileChecks: readonly PodSecurityCheck[] = [
  {
    id: "seccompProfile_baseline",
    level: "baseline",
    pod: ({ value }) => unconfined(value, SECCOMP),
    container: ({ value }) => unconfined(value, SECCOMP),
  },
  {
    id: "seccompProfile_restricted",
    level: "restricted",
    overrides: "seccompProfile_baseline",
    pod: ({ value }) => (isOfWindows(value) ? [] : unconfined(value, SECCOMP)),
    container: ({ value, podSpec }) => {
      if (isOfWindows(podSpec)) return [];
      if (at(value, ...SECCOMP) !== undefined) return unconfined(value, SECCOMP);
      if (at(podSpec, ...SECCOMP) !== undefined && unconfined(podSpec, SECCOMP).length === 0) return [];
      return [{ path: SECCOMP, message: "has no seccomp profile" }];
    },
  },
  {
    id: "appArmorProfile",
    level: "baseline",
    pod: ({ value, metadata }) => [
      ...unconfined(value, APP_ARMOR),
      ...annotations(metadata.value).map((breach) => ({ ...breach, subject: metadata })),
    ],
    container: ({ value }) => unconfined(value, APP_ARMOR),
  },
  {
    id: "seLinuxOptions",
    level: "baseline",
    pod: ({ value }) => seLinux(value),
    container: ({ value }) => seLinux(value),
  },
  {
    id: "sysctls",
    level: "baseline",
    pod: ({ value }, version) =>
      listAt(value, "securityContext", "sysctls").flatMap((sysctl, index) =>
        isAllowedSysctl(textAt(sysctl, "name") ?? "", version)
          ? []
          : [{ path: ["securityContext", "sysctls", index], message: "changes a kernel setting that is not safe" }],
      ),
  },
];

/** A profile that is set, and to nothing that confines. */
function unconfined(value: unknown, path: readonly string[]): Breach[] {
  if (at(value, ...path) === undefined) return [];
  if (["RuntimeDefault", "Localhost"].includes(textAt(value, ...path, "type") ?? "")) return [];
  return [{ path, message: `has ${path.at(-1)} set to something that does not confine it` }];
}

function annotations(metadata: unknown): Breach[] {
  return entriesAt(metadata, "annotations").flatMap(([key, profile]) => {
    if (!key.startsWith(APP_ARMOR_ANNOTATION)) return [];
    const path = ["annotations", key];
    if (profile === UNKNOWN) throw new UnknownValue(path);
    const isAllowed = profile === "" || profile === "runtime/default" || String(profile).startsWith("localhost/");
    return isAllowed ? [] : [{ path, message: "has an AppArmor annotation that does not confine it" }];
  });
}

function seLinux(value: unknown): Breach[] {
  if (!SE_LINUX_TYPES.includes(textAt(value, ...SE_LINUX, "type") ?? "")) {
    return [{ path: [...SE_LINUX, "type"], message: "has an SELinux type that is not one of containers" }];
  }
  return ["user", "role"]
    .filter((field) => (textAt(value, ...SE_LINUX, field) ?? "") !== "")
    .map((field) => ({ path: [...SE_LINUX, field], message: `sets an SELinux ${field}` }));
}

/** Kernel settings that concern the pod alone, by the version of the standard that allows them first. */
const SAFE_SYSCTLS: Readonly<Record<string, Minor>> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
  "net.ipv4.tcp_slow_start_after_idle": 37,
  "net.ipv4.tcp_notsent_lowat": 37,
};

function isAllowedSysctl(name: string, version: Minor): boolean {
  return Object.hasOwn(SAFE_SYSCTLS, name) && version >= (SAFE_SYSCTLS[name] ?? Infinity);
}
