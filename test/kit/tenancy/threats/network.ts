import { creating, guarded, RBAC, type Threat } from "./threat.ts";

const ISTIO = "networking.istio.io/v1beta1";

/** To who may reach whom. */
export const ofNetwork: readonly Threat[] = [
  {
    what: "open the network with a policy of one's own",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "threat", namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] },
    })),
  },
  {
    what: "admit others through the mesh",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name: "threat", namespace },
      spec: { rules: [{}] },
    })),
  },
  {
    what: "take the traffic of the gateway or of others' sidecars",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: ISTIO,
      kind: "VirtualService",
      metadata: { name: "threat", namespace },
      spec: {
        hosts: ["*"],
        gateways: ["kubeflow/kubeflow-gateway", "mesh"],
        http: [{ route: [{ destination: { host: "threat" } }] }],
      },
    })),
  },
  {
    what: "lead a Service to an address of others",
    refusedBy: { default: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name: "threat", namespace },
      subsets: [{ addresses: [{ ip: "10.0.0.10" }], ports: [{ port: 443 }] }],
    })),
  },
  {
    what: "take over an address by a Service",
    refusedBy: guarded("services"),
    attempt: creating((namespace) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "threat", namespace },
      spec: { ports: [{ port: 443 }], externalIPs: ["10.96.0.1"] },
    })),
  },
  {
    what: "open a load balancer past the gateway",
    refusedBy: { default: /exceeded quota: profile/, view: RBAC },
    attempt: creating((namespace) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "threat", namespace },
      spec: { type: "LoadBalancer", ports: [{ port: 443 }] },
    })),
  },
];
