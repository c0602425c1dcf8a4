import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { type InjectorConfig, wantsSidecar, withSidecar } from "../../../rehearsal/stand-ins/sidecar.ts";

const RESOURCES = { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "2000m", memory: "1024Mi" } };

function config(changes: Partial<InjectorConfig["values"]> = {}): InjectorConfig {
  return {
    policy: "enabled",
    values: {
      global: {
        hub: "registry.test/istio",
        tag: "1.17.5",
        proxy: { image: "proxyv2", resources: RESOURCES },
        proxy_init: { image: "proxyv2" },
      },
      ...changes,
    },
  };
}

function pod(metadata: NonNullable<V1Pod["metadata"]> = {}, spec: Partial<V1Pod["spec"]> = {}): V1Pod {
  return {
    metadata: { name: "web-0", ...metadata },
    spec: { containers: [{ name: "web", image: "web:1" }], ...spec },
  };
}

const inject = (value: string) => ({ "sidecar.istio.io/inject": value });

describe("whether a pod gets a sidecar", () => {
  it.each([
    ["by the policy", pod(), "kubeflow", true],
    ["not in the host's network", pod({}, { hostNetwork: true }), "kubeflow", false],
    ["not in Kubernetes' own namespaces", pod(), "kube-system", false],
    ["not where its annotation says so", pod({ annotations: inject("false") }), "kubeflow", false],
    [
      "where its label says so against its annotation",
      pod({ labels: inject("true"), annotations: inject("false") }),
      "kubeflow",
      true,
    ],
    ["where it says yes as YAML does", pod({ labels: inject("On") }), "kubeflow", true],
    ["not where it says anything else", pod({ labels: inject("perhaps") }), "kubeflow", false],
  ])("%s", (_, subject, namespace, expected) => {
    expect(wantsSidecar(subject, namespace, config())).toBe(expected);
  });

  it("is left to the pod where the policy is disabled", () => {
    const disabled = { ...config(), policy: "disabled" as const };
    expect(wantsSidecar(pod(), "kubeflow", disabled)).toBe(false);
    expect(wantsSidecar(pod({ labels: inject("true") }), "kubeflow", disabled)).toBe(true);
  });
});

describe("the sidecar", () => {
  const injected = withSidecar(pod({}, { initContainers: [{ name: "first" }], volumes: [{ name: "data" }] }), config());

  it("comes after the pod's own containers, its init container too", () => {
    expect(injected.spec?.containers.map(({ name }) => name)).toEqual(["web", "istio-proxy"]);
    expect(injected.spec?.initContainers?.map(({ name }) => name)).toEqual(["first", "istio-init"]);
  });

  it("has the configured image and resources, in both containers", () => {
    const added = [injected.spec?.containers[1], injected.spec?.initContainers?.[1]];
    for (const container of added) {
      expect(container).toMatchObject({ image: "registry.test/istio/proxyv2:1.17.5", resources: RESOURCES });
    }
  });

  it("runs as its own user; what redirects traffic as root with two capabilities", () => {
    expect(injected.spec?.containers[1]?.securityContext).toMatchObject({
      runAsUser: 1337,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(injected.spec?.initContainers?.[1]?.securityContext).toMatchObject({
      runAsUser: 0,
      capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] },
    });
  });

  it("brings every volume that it mounts", () => {
    const volumes = injected.spec?.volumes?.map(({ name }) => name) ?? [];
    expect(volumes[0]).toBe("data");
    for (const { name } of injected.spec?.containers[1]?.volumeMounts ?? []) expect(volumes).toContain(name);
  });

  it("needs no capability where the CNI plug-in redirects", () => {
    const { spec } = withSidecar(
      pod({}, { initContainers: [{ name: "first" }] }),
      config({ istio_cni: { enabled: true } }),
    );
    expect(spec?.initContainers?.map(({ name }) => name)).toEqual(["istio-validation", "first"]);
    expect(spec?.initContainers?.[0]?.securityContext?.capabilities).toEqual({ drop: ["ALL"] });
  });

  it("takes resources and image from annotations", () => {
    const annotations = { "sidecar.istio.io/proxyCPU": "5m", "sidecar.istio.io/proxyImage": "other.test/proxy:2" };
    const proxy = withSidecar(pod({ annotations }), config()).spec?.containers[1];
    expect(proxy).toMatchObject({ image: "other.test/proxy:2", resources: { requests: { cpu: "5m" } } });
    expect(proxy?.resources).not.toHaveProperty("limits");
  });

  it("gives way to what the pod declares of it, except the image it leaves open", () => {
    const declared = { name: "istio-proxy", image: "auto", ports: [{ containerPort: 8080 }] };
    const { spec } = withSidecar(pod({}, { containers: [declared] }), config());
    expect(spec?.containers).toHaveLength(1);
    expect(spec?.containers[0]).toMatchObject({ image: "registry.test/istio/proxyv2:1.17.5", ports: declared.ports });
  });

  it("names the workload as Istio does", () => {
    const labels = { "pod-template-hash": "abc12" };
    const ownerReferences = [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-abc12", uid: "1", controller: true },
    ];
    const name = (metadata: NonNullable<V1Pod["metadata"]>) =>
      withSidecar(pod(metadata), config()).metadata?.labels?.["service.istio.io/canonical-name"];
    expect(name({ labels, ownerReferences })).toBe("web");
    expect(name({ labels: { ...labels, app: "shop" }, ownerReferences })).toBe("shop");
  });
});
