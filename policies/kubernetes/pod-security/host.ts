import { at, isTrue, listAt, numberAt, textAt, type Step } from "../../reading.ts";
import type { Breach, PodSecurityCheck } from "./check.ts";

/** What reaches from a pod into its node. */
export const hostChecks: readonly PodSecurityCheck[] = [
  {
    id: "hostNamespaces",
    level: "baseline",
    pod: ({ value }) =>
      ["hostNetwork", "hostPID", "hostIPC"]
        .filter((field) => isTrue(value, field))
        .map((field) => ({ path: [field], message: `shares a namespace with its node (${field})` })),
  },
  {
    id: "hostPathVolumes",
    level: "baseline",
    pod: ({ value }) =>
      listAt(value, "volumes").flatMap((volume, index) =>
        at(volume, "hostPath") === undefined
          ? []
          : [{ path: ["volumes", index], message: "mounts a folder of its node" }],
      ),
  },
  {
    id: "hostPorts",
    level: "baseline",
    container: ({ value }) =>
      listAt(value, "ports").flatMap((port, index) =>
        (numberAt(port, "hostPort") ?? 0) === 0
          ? []
          : [{ path: ["ports", index, "hostPort"], message: "takes a port of its node" }],
      ),
  },
  {
    id: "hostProbesAndHostLifecycle",
    level: "baseline",
    since: 34,
    container: ({ value }) =>
      [...PROBES, ...HANDLERS].flatMap((path) =>
        ["httpGet", "tcpSocket"].flatMap((action): Breach[] => {
          const host = [...path, action, "host"];
          return (textAt(value, ...host) ?? "") === ""
            ? []
            : [{ path: host, message: "has the kubelet call another host" }];
        }),
      ),
  },
  {
    id: "windowsHostProcess",
    level: "baseline",
    pod: ({ value }) => hostProcess(value),
    container: ({ value }) => hostProcess(value),
  },
];

const PROBES: readonly (readonly Step[])[] = [["livenessProbe"], ["readinessProbe"], ["startupProbe"]];
const HANDLERS: readonly (readonly Step[])[] = [
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];

function hostProcess(value: unknown): Breach[] {
  const path = ["securityContext", "windowsOptions", "hostProcess"];
  return isTrue(value, ...path) ? [{ path, message: "runs as a process of its Windows node" }] : [];
}
