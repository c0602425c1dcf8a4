import type { GuardCase } from "./guard-case.ts";
import { container, pod, withContainer, secured, istioInit } from "./requests.ts";

/** Of what keeps pods off their nodes, and nodes alive. */
export const isolationCases: readonly GuardCase[] = [
  { guard: "memory-limit", what: "a container with a limit", request: pod() },
  {
    guard: "memory-limit",
    what: "no resources",
    refused: "container main has no memory limit",
    request: withContainer({ resources: {} }),
  },
  {
    guard: "memory-limit",
    what: "a request only",
    refused: "container main has no memory limit",
    request: withContainer({ resources: { requests: { memory: "1Gi" } } }),
  },
  {
    guard: "memory-limit",
    what: "a CPU limit only",
    refused: "has no memory limit",
    request: withContainer({ resources: { limits: { cpu: "1" } } }),
  },
  {
    guard: "memory-limit",
    what: "an init container without",
    refused: "container first, second has no memory limit",
    request: pod({
      initContainers: [container({ name: "first", resources: {} }), container({ name: "second", resources: {} })],
    }),
  },
  {
    guard: "isolation",
    what: "the node's network",
    refused: "leave out hostNetwork",
    request: pod({ hostNetwork: true }),
  },
  {
    guard: "isolation",
    what: "the node's processes",
    refused: "leave out hostNetwork",
    request: pod({ hostPID: true }),
  },
  { guard: "isolation", what: "the node's memory", refused: "leave out hostNetwork", request: pod({ hostIPC: true }) },
  {
    guard: "isolation",
    what: "a directory of the node",
    refused: "volume root may not be a directory of the node",
    request: pod({ volumes: [{ name: "root", hostPath: { path: "/" } }] }),
  },
  { guard: "isolation", what: "other volumes", request: pod({ volumes: [{ name: "scratch", emptyDir: {} }] }) },
  {
    guard: "isolation",
    what: "a privileged container",
    refused: "container main may not be privileged",
    request: secured({ privileged: true }),
  },
  { guard: "isolation", what: "one that says it is not", request: secured({ privileged: false, runAsUser: 1000 }) },
  {
    guard: "isolation",
    what: "a privileged init container",
    refused: "container setup may not be privileged",
    request: pod({ initContainers: [container({ name: "setup", securityContext: { privileged: true } })] }),
  },
  {
    guard: "isolation",
    what: "a harmless capability",
    request: secured({ capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] } }),
  },
  {
    guard: "isolation",
    what: "a capability beyond",
    refused: "container main asks for capabilities",
    request: secured({ capabilities: { add: ["CHOWN", "SYS_ADMIN"] } }),
  },
  {
    guard: "isolation",
    what: "the mesh's init container",
    otherwise: "it sees pods before the mesh adds to them",
    request: istioInit(),
  },
  {
    guard: "isolation",
    what: "another image under its name",
    refused: "container istio-init asks for capabilities",
    request: istioInit({ image: "quay.io/mallory/proxyv2:1.17.5" }),
  },
  {
    guard: "isolation",
    what: "its image with a command of one's own",
    refused: "container istio-init asks for capabilities",
    request: istioInit({ command: ["sh"] }),
  },
  {
    guard: "isolation",
    what: "its image with other arguments",
    refused: "container istio-init asks for capabilities",
    request: istioInit({ args: ["sh", "istio-iptables"] }),
  },
  {
    guard: "isolation",
    what: "its image under another name",
    refused: "container sniffer asks for capabilities",
    request: istioInit({ name: "sniffer" }),
  },
  {
    guard: "isolation",
    what: "a port of the node",
    refused: "container main may not take a port of its node",
    request: withContainer({ ports: [{ containerPort: 80, hostPort: 8080 }] }),
  },
  { guard: "isolation", what: "a port of its own", request: withContainer({ ports: [{ containerPort: 80 }] }) },
  {
    guard: "isolation",
    what: "a node past the scheduler",
    otherwise: "a pod of the platform may be placed",
    refused: "may not choose its node",
    request: pod({ nodeName: "gpu-1" }),
  },
];
