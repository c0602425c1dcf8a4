/** Versions of the standard in which a case is forbidden: from one minor to another, both included. */
type Forbidden = readonly [from: number, to: number];

export interface PodSecurityCase {
  readonly check: string;
  readonly name: string;
  /** Forbidden by the check alone; undefined where every version allows it. */
  readonly forbidden: Forbidden | undefined;
  readonly pod: { readonly metadata?: object; readonly spec: Record<string, unknown> };
}

const ALWAYS: Forbidden = [31, 37];
const NEVER = undefined;

/** A pod that every version of the level restricted allows. */
const CONTEXT = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const POD_CONTEXT = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

const podCase = (
  check: string,
  name: string,
  forbidden: Forbidden | undefined,
  spec: Record<string, unknown>,
  metadata?: object,
): PodSecurityCase => ({
  ...{ check, name: `pod: ${name}`, forbidden },
  pod: {
    ...(metadata !== undefined && { metadata }),
    spec: {
      containers: [{ name: "main", securityContext: CONTEXT }],
      ...spec,
      securityContext: { ...POD_CONTEXT, ...(spec["securityContext"] as object | undefined) },
    },
  },
});

/** The same thing in a container, an init container and an ephemeral one. */
const containerCases = (
  check: string,
  name: string,
  forbidden: Forbidden | undefined,
  container: Record<string, unknown>,
  spec: Record<string, unknown> = {},
): PodSecurityCase[] =>
  ["containers", "initContainers", "ephemeralContainers"].map((list) => {
    const changed = { name: "changed", ...container };
    const securityContext = { ...CONTEXT, ...(container["securityContext"] as object | undefined) };
    const containers = list === "containers" ? [] : [{ name: "main", securityContext: CONTEXT }];
    return {
      ...{ check, name: `${list}: ${name}`, forbidden },
      pod: {
        spec: {
          containers,
          ...spec,
          securityContext: { ...POD_CONTEXT, ...(spec["securityContext"] as object | undefined) },
          [list]: [{ ...changed, securityContext }],
        },
      },
    };
  });

const context = (field: string, value: unknown) => ({ securityContext: { [field]: value } });

export const podSecurityCases: readonly PodSecurityCase[] = [
  podCase("hostNamespaces", "hostNetwork", ALWAYS, { hostNetwork: true }),
  podCase("hostNamespaces", "hostPID", ALWAYS, { hostPID: true }),
  podCase("hostNamespaces", "hostIPC", ALWAYS, { hostIPC: true }),
  podCase("hostNamespaces", "all false", NEVER, { hostNetwork: false, hostPID: false, hostIPC: false }),

  ...containerCases("privileged", "true", ALWAYS, context("privileged", true)),
  ...containerCases("privileged", "false", NEVER, context("privileged", false)),

  ...containerCases(
    "capabilities_baseline",
    "NET_RAW",
    ALWAYS,
    context("capabilities", { add: ["NET_RAW"], drop: ["ALL"] }),
  ),
  ...containerCases(
    "capabilities_baseline",
    "one allowed, one not",
    ALWAYS,
    context("capabilities", { add: ["CHOWN", "SYS_ADMIN"] }),
  ),
  ...containerCases(
    "capabilities_baseline",
    "CHOWN and MKNOD",
    NEVER,
    context("capabilities", { add: ["CHOWN", "MKNOD"] }),
  ),

  podCase("hostPathVolumes", "a hostPath", ALWAYS, {
    volumes: [
      { name: "a", emptyDir: {} },
      { name: "b", hostPath: { path: "/" } },
    ],
  }),
  podCase("hostPathVolumes", "an emptyDir", NEVER, { volumes: [{ name: "a", emptyDir: {} }] }),

  ...containerCases("hostPorts", "a port of the node", ALWAYS, {
    ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }],
  }),
  ...containerCases("hostPorts", "zero", NEVER, { ports: [{ containerPort: 80, hostPort: 0 }] }),

  ...containerCases("hostProbesAndHostLifecycle", "a liveness probe", [34, 37], {
    livenessProbe: { httpGet: { host: "10.0.0.1", port: 80 } },
  }),
  ...containerCases("hostProbesAndHostLifecycle", "a readiness probe", [34, 37], {
    readinessProbe: { tcpSocket: { host: "10.0.0.1", port: 80 } },
  }),
  ...containerCases("hostProbesAndHostLifecycle", "a startup probe", [34, 37], {
    startupProbe: { httpGet: { host: "127.0.0.1", port: 80 } },
  }),
  ...containerCases("hostProbesAndHostLifecycle", "postStart", [34, 37], {
    lifecycle: { postStart: { httpGet: { host: "10.0.0.1", port: 80 } } },
  }),
  ...containerCases("hostProbesAndHostLifecycle", "preStop", [34, 37], {
    lifecycle: { preStop: { tcpSocket: { host: "10.0.0.1", port: 80 } } },
  }),
  ...containerCases("hostProbesAndHostLifecycle", "no host", NEVER, {
    livenessProbe: { httpGet: { host: "", port: 80 } },
  }),

  podCase("appArmorProfile", "Unconfined", ALWAYS, context("appArmorProfile", { type: "Unconfined" })),
  podCase("appArmorProfile", "without a type", ALWAYS, context("appArmorProfile", {})),
  podCase("appArmorProfile", "RuntimeDefault", NEVER, context("appArmorProfile", { type: "RuntimeDefault" })),
  ...containerCases("appArmorProfile", "Unconfined", ALWAYS, context("appArmorProfile", { type: "Unconfined" })),
  ...containerCases(
    "appArmorProfile",
    "Localhost",
    NEVER,
    context("appArmorProfile", { type: "Localhost", localhostProfile: "a" }),
  ),
  ...[
    ["unconfined", ALWAYS],
    ["runtime/default", NEVER],
    ["localhost/a", NEVER],
    ["", NEVER],
  ].map(([value, forbidden]) =>
    podCase(
      "appArmorProfile",
      `annotation ${JSON.stringify(value)}`,
      forbidden as Forbidden | undefined,
      {},
      {
        annotations: { "container.apparmor.security.beta.kubernetes.io/main": value },
      },
    ),
  ),

  podCase("seLinuxOptions", "another type", ALWAYS, context("seLinuxOptions", { type: "spc_t" })),
  podCase("seLinuxOptions", "a user", ALWAYS, context("seLinuxOptions", { type: "container_t", user: "system_u" })),
  podCase("seLinuxOptions", "a role", ALWAYS, context("seLinuxOptions", { role: "system_r" })),
  podCase("seLinuxOptions", "container_engine_t", NEVER, context("seLinuxOptions", { type: "container_engine_t" })),
  podCase("seLinuxOptions", "only a level", NEVER, context("seLinuxOptions", { level: "s0" })),
  ...containerCases("seLinuxOptions", "another type", ALWAYS, context("seLinuxOptions", { type: "spc_t" })),
  ...containerCases("seLinuxOptions", "container_kvm_t", NEVER, context("seLinuxOptions", { type: "container_kvm_t" })),

  ...containerCases("procMount", "Unmasked", ALWAYS, context("procMount", "Unmasked")),
  ...containerCases("procMount", "Unmasked in a user namespace", [31, 34], context("procMount", "Unmasked"), {
    hostUsers: false,
  }),
  ...containerCases("procMount", "Default", NEVER, context("procMount", "Default")),
  ...containerCases(
    "procMount_restricted",
    "Unmasked in a user namespace",
    [35, 37],
    context("procMount", "Unmasked"),
    { hostUsers: false },
  ),
  ...containerCases("procMount_restricted", "Default", NEVER, context("procMount", "Default")),

  podCase("seccompProfile_baseline", "Unconfined", ALWAYS, context("seccompProfile", { type: "Unconfined" })),
  podCase("seccompProfile_baseline", "none", NEVER, context("seccompProfile", undefined)),
  ...containerCases("seccompProfile_baseline", "Unconfined", ALWAYS, context("seccompProfile", { type: "Unconfined" })),
  ...containerCases(
    "seccompProfile_baseline",
    "Localhost",
    NEVER,
    context("seccompProfile", { type: "Localhost", localhostProfile: "a" }),
  ),

  ...[
    ["net.ipv4.ip_local_port_range", NEVER],
    ["net.ipv4.ip_local_reserved_ports", NEVER],
    ["net.ipv4.tcp_keepalive_time", NEVER],
    ["net.ipv4.tcp_rmem", [31, 31]],
    ["net.ipv4.tcp_wmem", [31, 31]],
    ["net.ipv4.tcp_slow_start_after_idle", [31, 36]],
    ["net.ipv4.tcp_notsent_lowat", [31, 36]],
    ["kernel.msgmax", ALWAYS],
    ["net.core.somaxconn", ALWAYS],
  ].map(([name, forbidden]) =>
    podCase("sysctls", name as string, forbidden as Forbidden | undefined, context("sysctls", [{ name, value: "1" }])),
  ),

  podCase("windowsHostProcess", "of the pod", ALWAYS, context("windowsOptions", { hostProcess: true })),
  podCase("windowsHostProcess", "false", NEVER, context("windowsOptions", { hostProcess: false })),
  ...containerCases("windowsHostProcess", "true", ALWAYS, context("windowsOptions", { hostProcess: true })),

  ...["hostPath", "gcePersistentDisk", "awsElasticBlockStore", "nfs", "iscsi", "cephfs", "azureDisk", "flexVolume"].map(
    (type) => podCase("restrictedVolumes", type, ALWAYS, { volumes: [{ name: "a", [type]: {} }] }),
  ),
  ...[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
  ].map((type) => podCase("restrictedVolumes", type, NEVER, { volumes: [{ name: "a", [type]: {} }] })),

  ...containerCases("allowPrivilegeEscalation", "true", ALWAYS, context("allowPrivilegeEscalation", true)),
  ...containerCases("allowPrivilegeEscalation", "absent", ALWAYS, context("allowPrivilegeEscalation", undefined)),
  ...containerCases(
    "allowPrivilegeEscalation",
    "absent on Windows",
    NEVER,
    context("allowPrivilegeEscalation", undefined),
    { os: { name: "windows" } },
  ),
  ...containerCases(
    "allowPrivilegeEscalation",
    "absent on Linux",
    ALWAYS,
    context("allowPrivilegeEscalation", undefined),
    { os: { name: "linux" } },
  ),

  podCase("runAsNonRoot", "false", ALWAYS, context("runAsNonRoot", false)),
  podCase("runAsNonRoot", "absent everywhere", ALWAYS, context("runAsNonRoot", undefined)),
  podCase("runAsNonRoot", "absent in a user namespace", [31, 34], {
    ...context("runAsNonRoot", undefined),
    hostUsers: false,
  }),
  podCase("runAsNonRoot", "false, but the container true", ALWAYS, {
    ...context("runAsNonRoot", false),
    containers: [{ name: "main", securityContext: { ...CONTEXT, runAsNonRoot: true } }],
  }),
  ...containerCases("runAsNonRoot", "false", ALWAYS, context("runAsNonRoot", false)),
  ...containerCases("runAsNonRoot", "false in a user namespace", [31, 34], context("runAsNonRoot", false), {
    hostUsers: false,
  }),
  ...containerCases("runAsNonRoot", "true", NEVER, context("runAsNonRoot", true)),

  podCase("runAsUser", "0", ALWAYS, context("runAsUser", 0)),
  podCase("runAsUser", "0 in a user namespace", [31, 34], { ...context("runAsUser", 0), hostUsers: false }),
  podCase("runAsUser", "1000", NEVER, context("runAsUser", 1000)),
  ...containerCases("runAsUser", "0", ALWAYS, context("runAsUser", 0)),
  ...containerCases("runAsUser", "1000", NEVER, context("runAsUser", 1000)),

  podCase("seccompProfile_restricted", "absent everywhere", ALWAYS, context("seccompProfile", undefined)),
  podCase("seccompProfile_restricted", "absent on Windows", NEVER, {
    ...context("seccompProfile", undefined),
    os: { name: "windows" },
  }),
  podCase("seccompProfile_restricted", "Unconfined, but the container confined", ALWAYS, {
    ...context("seccompProfile", { type: "Unconfined" }),
    containers: [{ name: "main", securityContext: { ...CONTEXT, seccompProfile: { type: "RuntimeDefault" } } }],
  }),
  podCase("seccompProfile_restricted", "absent, but the container confined", NEVER, {
    ...context("seccompProfile", undefined),
    containers: [{ name: "main", securityContext: { ...CONTEXT, seccompProfile: { type: "RuntimeDefault" } } }],
  }),
  ...containerCases(
    "seccompProfile_restricted",
    "Unconfined",
    ALWAYS,
    context("seccompProfile", { type: "Unconfined" }),
  ),
  ...containerCases("seccompProfile_restricted", "without a type", ALWAYS, context("seccompProfile", {})),

  ...containerCases("capabilities_restricted", "drops nothing", ALWAYS, context("capabilities", undefined)),
  ...containerCases("capabilities_restricted", "drops some", ALWAYS, context("capabilities", { drop: ["NET_RAW"] })),
  ...containerCases(
    "capabilities_restricted",
    "adds CHOWN",
    ALWAYS,
    context("capabilities", { drop: ["ALL"], add: ["CHOWN"] }),
  ),
  ...containerCases(
    "capabilities_restricted",
    "adds NET_BIND_SERVICE",
    NEVER,
    context("capabilities", { drop: ["NET_RAW", "ALL"], add: ["NET_BIND_SERVICE"] }),
  ),
  ...containerCases("capabilities_restricted", "drops nothing on Windows", NEVER, context("capabilities", undefined), {
    os: { name: "windows" },
  }),
];
