import { compareSync } from "bcryptjs";
import { beforeAll, describe, expect, it } from "vitest";
import { at, groupKind, type KubernetesObject, listAt, textAt } from "../../../components/kit/objects.ts";
import { distributionObjects } from "../../../components/registry/distribution/objects.ts";
import { type RegistrySecrets, registrySecretsFrom } from "../../../components/registry/distribution/secrets.ts";
import { distributionSettings } from "../../../components/registry/distribution/settings.ts";

import { createAuthority, type KeyPair } from "../../../rehearsal/control-plane/pki.ts";
import { REGISTRY, ROBOT } from "../../kit/distribution.ts";

const SECRET = "a-stack-secret-of-more-than-32-characters";
let pair: KeyPair;
let secrets: RegistrySecrets;

beforeAll(async () => {
  pair = await (await createAuthority("site")).issue({ commonName: "r", dnsNames: ["registry.example.com"] });
  secrets = registrySecretsFrom(SECRET, ROBOT);
});

function objects(more: Readonly<Record<string, unknown>> = {}, registry = REGISTRY): KubernetesObject[] {
  const settings = distributionSettings.parse({ context: "infra", storage: "1.5 TB", ...pair, ...more });
  return distributionObjects({ registry, settings, secrets });
}

function the(kind: string, among: readonly KubernetesObject[] = objects()): KubernetesObject {
  const found = among.filter((object) => groupKind(object) === kind);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} objects are of ${kind}`);
  return found[0];
}

const pods = (among?: readonly KubernetesObject[]) => at(the("Deployment.apps", among), "spec", "template");
const annotationsOf = (object: KubernetesObject) => object.metadata.annotations ?? {};

describe("the objects of a registry of one's own", () => {
  it("are ten in one namespace, which restricts its pods", () => {
    const all = objects({ namespace: "images" });
    expect(all.map(groupKind)).toEqual([
      "Namespace",
      "PersistentVolumeClaim",
      "Secret",
      "Secret",
      "ConfigMap",
      "ServiceAccount",
      "NetworkPolicy.networking.k8s.io",
      "NetworkPolicy.networking.k8s.io",
      "Deployment.apps",
      "Service",
    ]);
    const [namespace, ...others] = all;
    expect(namespace?.metadata).toMatchObject({
      name: "images",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    for (const { metadata } of others) expect(metadata.namespace).toBe("images");
  });

  it("keep the volume, and the namespace that would take it along", () => {
    const kept = objects().filter(({ metadata }) => metadata.labels?.["kubeflow-on-pulumi/holds-data"] === "true");
    expect(kept.map(groupKind)).toEqual(["Namespace", "PersistentVolumeClaim"]);
    const claim = the("PersistentVolumeClaim", objects({ storageClass: "fast" }));
    expect(claim["spec"]).toMatchObject({ resources: { requests: { storage: "1500G" } }, storageClassName: "fast" });
    expect(the("PersistentVolumeClaim")["spec"]).not.toHaveProperty("storageClassName");
  });

  it("run one pod without a right, and never two on the volume", () => {
    expect(at(the("Deployment.apps"), "spec", "strategy", "type")).toBe("Recreate");
    expect(at(pods(), "spec")).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(listAt(pods(), "spec", "containers")).toMatchObject([
      {
        image: "docker.io/library/registry:3.1.2",
        resources: { requests: { memory: "512Mi" }, limits: { memory: "512Mi" } },
        readinessProbe: { httpGet: { path: "/", scheme: "HTTPS" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ]);
    const image = "mirror.example.com/registry:3";
    expect(listAt(pods(objects({ image })), "spec", "containers")).toMatchObject([{ image }]);
  });

  it("let connections in to the port of the registry, and none out", () => {
    const policies = objects().filter((object) => object.kind === "NetworkPolicy");
    expect(policies.map((policy) => policy["spec"])).toEqual([
      { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      {
        podSelector: { matchLabels: at(pods(), "metadata", "labels") },
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ port: 5000, protocol: "TCP" }] }],
      },
    ]);
  });

  it("are reached at the port of the registry's name, by a load balancer that is internal unless it is to be public", () => {
    const service = the("Service");
    expect(service["spec"]).toMatchObject({ type: "LoadBalancer", ports: [{ port: 5000, targetPort: "https" }] });
    expect(annotationsOf(service)).toMatchObject({ "networking.gke.io/load-balancer-type": "Internal" });
    const open = the("Service", objects({ service: { visibility: "public", sourceRanges: ["203.0.113.0/24"] } }));
    expect(Object.keys(annotationsOf(open)).filter((name) => name.includes("load"))).toEqual([]);
    expect(open["spec"]).toMatchObject({ loadBalancerSourceRanges: ["203.0.113.0/24"] });
    expect(the("Service", objects({}, "registry.example.com/kubeflow"))["spec"]).toMatchObject({
      ports: [{ port: 443 }],
    });
  });

  it("are reached at a port of every node where that is asked for", () => {
    const service = the("Service", objects({ service: { type: "NodePort" } }, "registry.example.com:30500/kubeflow"));
    expect(service["spec"]).toMatchObject({ type: "NodePort", ports: [{ port: 30500, nodePort: 30500 }] });
  });

  it("hold no secret outside of Secrets, and the same ones in every run", () => {
    const open = JSON.stringify(objects().filter((object) => groupKind(object) !== "Secret"));
    for (const secret of [ROBOT.password, secrets.accounts.trim(), secrets.http, pair.key.split("\n")[1] ?? ""]) {
      expect(open).not.toContain(secret);
    }
    expect(registrySecretsFrom(SECRET, ROBOT)).toMatchObject({ accounts: secrets.accounts, http: secrets.http });
    const [user, hash = ""] = secrets.accounts.trim().split(":");
    expect([user, compareSync(ROBOT.password, hash), compareSync("another", hash)]).toEqual(["robot", true, false]);
  });

  it("start the pod anew when a file changes that it reads once", () => {
    const fingerprint = (more?: Readonly<Record<string, unknown>>) =>
      textAt(pods(objects(more)), "metadata", "annotations", "kubeflow-on-pulumi/registry-files");
    expect(fingerprint()).toMatch(/^[0-9a-f]{8}$/);
    expect(fingerprint()).toBe(fingerprint({ storage: "2 TB" }));
    expect(fingerprint()).not.toBe(fingerprint({ readOnly: true }));
    expect(fingerprint()).not.toBe(fingerprint({ certificate: `${pair.certificate}\n` }));
  });
});
