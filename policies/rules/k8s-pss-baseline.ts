import { examplePod } from "../kubernetes/example-pod.ts";
import { podSecurityChecks } from "../kubernetes/pod-security/index.ts";
import { podSecurityCheck, podSecurityParameters, podSecuritySubjects } from "../kubernetes/pod-security/rule.ts";
import { resourceRule } from "../rule.ts";

const ids = podSecurityChecks.filter(({ level }) => level === "baseline").map(({ id }) => id);

/** What leads straight out of a container. */
const WAYS_OUT: readonly string[] = ["privileged", "hostPathVolumes"];

export const podSecurityBaseline = resourceRule({
  id: "k8s-pss-baseline",
  title: "Every pod meets the level baseline of the Pod Security Standards",
  severity: "critical",
  why: "What the level forbids lets a container leave its confinement: it can read the files of its node, take the node's credentials and, from there, those of every other pod on it.",
  remediation: "Leave the field out, or name the workload in nsLevel if working on nodes is what it is for.",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  frameworks: [
    { framework: "Pod Security Standards", id: "baseline" },
    { framework: "Trivy", id: "KSV-0017" },
    { framework: "CIS EKS", id: "4.2.1" },
    { framework: "Kubescape", id: "C-0193" },
  ],
  levels: { dev: "mandatory", prod: "mandatory", airgapped: "mandatory" },
  nonExemptable: { stacks: ["prod", "airgapped"], checks: WAYS_OUT },
  parameters: podSecurityParameters,
  subjects: podSecuritySubjects("baseline"),
  checks: Object.fromEntries(ids.map((id) => [id, podSecurityCheck(id)])),
  examples: {
    parameters: { podSecurityVersion: "1.37" },
    good: [
      examplePod({ container: "securityContext: { capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] } }" }),
      `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: istio-cni-node, namespace: kube-system }
spec:
  template:
    spec:
      containers: [{ name: install-cni, image: istio/install-cni:1.17.5, securityContext: { privileged: true } }]
      volumes: [{ name: plugins, hostPath: { path: /opt/cni/bin } }]
`,
    ],
    bad: {
      hostNamespaces: examplePod({ spec: "hostNetwork: true" }),
      hostPathVolumes: examplePod({ spec: "volumes: [{ name: docker, hostPath: { path: /var/run/docker.sock } }]" }),
      hostPorts: examplePod({ container: "ports: [{ containerPort: 8080, hostPort: 8080 }]" }),
      hostProbesAndHostLifecycle: examplePod({
        container: "livenessProbe: { httpGet: { host: 169.254.169.254, port: 80 } }",
      }),
      windowsHostProcess: examplePod({ spec: "securityContext: { windowsOptions: { hostProcess: true } }" }),
      privileged: examplePod({ container: "securityContext: { privileged: true }" }),
      capabilities_baseline: examplePod({ container: "securityContext: { capabilities: { add: [NET_ADMIN] } }" }),
      procMount: examplePod({ container: "securityContext: { procMount: Unmasked }" }),
      seccompProfile_baseline: examplePod({ spec: "securityContext: { seccompProfile: { type: Unconfined } }" }),
      appArmorProfile: examplePod({
        metadata: "namespace: alice, annotations: { container.apparmor.security.beta.kubernetes.io/main: unconfined }",
      }),
      seLinuxOptions: examplePod({ spec: "securityContext: { seLinuxOptions: { type: spc_t } }" }),
      sysctls: examplePod({ spec: 'securityContext: { sysctls: [{ name: kernel.msgmax, value: "65536" }] }' }),
    },
  },
});
