import { at, listAt, textAt } from "../../kit/objects.ts";
import { type Guard, quoted, quotedList } from "./guard.ts";
import { CONTAINERS, containersIn, namesOf, podsOfProfiles } from "./pods.ts";

/** Capabilities that Pod Security's baseline leaves to containers. */
const HARMLESS = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** What Istio's own init container needs to redirect the traffic of its pod. */
const REDIRECTING = ["NET_ADMIN", "NET_RAW"];

const FIX = {
  namespaces:
    "a pod of a profile may not use the network, processes or memory of its node: leave out hostNetwork, hostPID and hostIPC",
  volumes: "may not be a directory of the node: use a volume claim or emptyDir in place of hostPath",
  privileged: "may not be privileged: leave out securityContext.privileged",
  capabilities: "asks for capabilities that reach beyond it: leave out securityContext.capabilities.add",
  ports: "may not take a port of its node: leave out hostPort, and use a Service",
  node: "a pod of a profile may not choose its node past the scheduler: leave out nodeName, and use nodeSelector",
};

/**
 * Nothing of a profile reaches its node: as Pod Security's `baseline`, which cannot be enforced where the mesh redirects
 * traffic by an init container. That one is let through, told by the image `meshImage`.
 */
export function isolation(meshImage: string): Guard {
  return {
    ...podsOfProfiles,
    name: "isolation",
    variables: {
      containers: CONTAINERS,
      onHost: "(has(object.spec.volumes) ? object.spec.volumes : []).filter(v, has(v.hostPath)).map(v, v.name)",
      privileged:
        "variables.containers.filter(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged).map(c, c.name)",
      capable: [
        "variables.containers.filter(c, has(c.securityContext) && has(c.securityContext.capabilities)",
        ` && has(c.securityContext.capabilities.add) && !c.securityContext.capabilities.add.all(added, added in ${quotedList(HARMLESS)}`,
        ` || (added in ${quotedList(REDIRECTING)} && c.name == 'istio-init' && c.image == ${quoted(meshImage)}`,
        " && !has(c.command) && has(c.args) && c.args[0] == 'istio-iptables'))).map(c, c.name)",
      ].join(""),
      ported:
        "variables.containers.filter(c, has(c.ports) && c.ports.exists(p, has(p.hostPort) && p.hostPort > 0)).map(c, c.name)",
    },
    validations: [
      {
        expression: ["hostNetwork", "hostPID", "hostIPC"]
          .map((field) => `(!has(object.spec.${field}) || !object.spec.${field})`)
          .join(" && "),
        message: quoted(FIX.namespaces),
      },
      ...(
        [
          ["onHost", "volume", FIX.volumes],
          ["privileged", "container", FIX.privileged],
          ["capable", "container", FIX.capabilities],
          ["ported", "container", FIX.ports],
        ] as const
      ).map(([variable, what, fix]) => ({
        expression: `variables.${variable}.size() == 0`,
        message: `'${what} ' + variables.${variable}.join(', ') + ${quoted(` ${fix}`)}`,
      })),
      {
        expression: "request.operation != 'CREATE' || !has(object.spec.nodeName) || object.spec.nodeName == ''",
        message: quoted(FIX.node),
      },
    ],
    judge: ({ object, operation }) => {
      const containers = containersIn(object);
      const sharesNode = ["hostNetwork", "hostPID", "hostIPC"].some((field) => at(object, "spec", field) === true);
      const onHost = namesOf(listAt(object, "spec", "volumes"), (volume) => at(volume, "hostPath") !== undefined);
      const privileged = namesOf(containers, (one) => at(one, "securityContext", "privileged") === true);
      const capable = namesOf(containers, (one) => !isHarmless(one, meshImage));
      const ported = namesOf(containers, (one) =>
        listAt(one, "ports").some((port) => Number(at(port, "hostPort") ?? 0) > 0),
      );
      const isPlaced = operation === "CREATE" && (textAt(object, "spec", "nodeName") ?? "") !== "";
      return [
        ...(sharesNode ? [FIX.namespaces] : []),
        ...(onHost === "" ? [] : [`volume ${onHost} ${FIX.volumes}`]),
        ...(privileged === "" ? [] : [`container ${privileged} ${FIX.privileged}`]),
        ...(capable === "" ? [] : [`container ${capable} ${FIX.capabilities}`]),
        ...(ported === "" ? [] : [`container ${ported} ${FIX.ports}`]),
        ...(isPlaced ? [FIX.node] : []),
      ];
    },
  };
}

function isHarmless(container: unknown, meshImage: string): boolean {
  const isRedirecting =
    textAt(container, "name") === "istio-init" &&
    textAt(container, "image") === meshImage &&
    at(container, "command") === undefined &&
    listAt(container, "args")[0] === "istio-iptables";
  return listAt(container, "securityContext", "capabilities", "add").every(
    (added) => HARMLESS.includes(String(added)) || (isRedirecting && REDIRECTING.includes(String(added))),
  );
}
