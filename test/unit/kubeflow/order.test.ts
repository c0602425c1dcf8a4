import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, objectId } from "../../../components/kit/objects.ts";
import { edgesOf, wavesOf } from "../../../components/kubeflow/order/index.ts";
import { withReadiness } from "../../../components/kubeflow/order/readiness.ts";
import { repaired } from "../../../components/kubeflow/repairs/index.ts";
import { realRelease } from "../../kit/release.ts";

const object = (name: string): KubernetesObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });

/** Objects with random needs of every strength; circles happen. */
const graphs = fc.integer({ min: 1, max: 25 }).chain((size) => {
  const objects = Array.from({ length: size }, (_, index) => object(`o${index}`));
  const edge = fc.record({
    object: fc.constantFrom(...objects),
    needs: fc.constantFrom(...objects),
    strength: fc.constantFrom("before", "with", "rather-before" as const),
  });
  return fc.array(edge, { maxLength: 60 }).map((edges) => ({ objects, edges: edges }));
});

/** The same without circles: everything needs only what stands before it. */
const acyclic = graphs.map(({ objects, edges }) => ({
  objects,
  edges: edges.filter((edge) => objects.indexOf(edge.needs) < objects.indexOf(edge.object)),
}));

function levels(waves: readonly (readonly KubernetesObject[])[]): Map<KubernetesObject, number> {
  return new Map(waves.flatMap((wave, level) => wave.map((member) => [member, level] as const)));
}

describe("waves of any graph", () => {
  it("hold every object exactly once and none is empty", () => {
    fc.assert(
      fc.property(graphs, ({ objects, edges }) => {
        const waves = wavesOf(objects, edges);
        expect(waves.flat().toSorted(byName)).toEqual(objects.toSorted(byName));
        expect(waves.every((wave) => wave.length > 0)).toBe(true);
      }),
    );
  });

  it("respect every need of a graph without circles", () => {
    fc.assert(
      fc.property(acyclic, ({ objects, edges }) => {
        const level = levels(wavesOf(objects, edges));
        for (const edge of edges) {
          const distance = (level.get(edge.object) ?? -1) - (level.get(edge.needs) ?? -1);
          expect(distance).toBeGreaterThanOrEqual(edge.strength === "with" ? 0 : 1);
        }
      }),
    );
  });

  it("put each object as early as its needs allow", () => {
    fc.assert(
      fc.property(acyclic, ({ objects, edges }) => {
        const level = levels(wavesOf(objects, edges));
        for (const member of objects) {
          const own = edges.filter((edge) => edge.object === member);
          const floors = own.map((edge) => (level.get(edge.needs) ?? 0) + (edge.strength === "with" ? 0 : 1));
          expect(level.get(member)).toBe(Math.max(0, ...floors));
        }
      }),
    );
  });

  it("give up a wish before they give up a need", () => {
    const [a, b] = [object("a"), object("b")];
    const waves = wavesOf(
      [a, b],
      [
        { object: a, needs: b, strength: "before" },
        { object: b, needs: a, strength: "rather-before" },
      ],
    );
    expect(waves).toEqual([[b], [a]]);
  });

  it("do not depend on the order of the input", () => {
    fc.assert(
      fc.property(acyclic, ({ objects, edges }) => {
        const forward = levels(wavesOf(objects, edges));
        const backward = levels(wavesOf(objects.toReversed(), edges));
        for (const member of objects) expect(backward.get(member)).toBe(forward.get(member));
      }),
    );
  });
});

describe("waves of Kubeflow v1.8.1", () => {
  let waves: readonly (readonly KubernetesObject[])[];
  let waveOf: (id: string) => number;

  beforeAll(async () => {
    const objects = (await realRelease()).map((sourced) => repaired(sourced.object));
    waves = wavesOf(objects, edgesOf(objects));
    const level = new Map(waves.flatMap((wave, number) => wave.map((member) => [objectId(member), number])));
    waveOf = (id) => {
      const found = level.get(id);
      if (found === undefined) throw new Error(`${id} is in no wave`);
      return found;
    };
  });

  it("begin with the namespaces and every CRD", () => {
    const kinds = (wave: readonly KubernetesObject[] | undefined, kind: string) =>
      (wave ?? []).filter((member) => member.kind === kind).length;
    expect(kinds(waves[0], "Namespace")).toBe(6);
    expect(kinds(waves[0], "CustomResourceDefinition")).toBe(77);
  });

  it("are few enough that waiting between them costs little", () => {
    expect(waves.length).toBeLessThanOrEqual(9);
  });

  const before: [string, string, string][] = [
    ["istiod", "Deployment.apps istio-system/istiod", "Deployment.apps kubeflow/mysql"],
    [
      "the injector",
      "MutatingWebhookConfiguration.admissionregistration.k8s.io istio-sidecar-injector",
      "Deployment.apps knative-serving/webhook",
    ],
    [
      "cert-manager's webhook",
      "Deployment.apps cert-manager/cert-manager-webhook",
      "ClusterIssuer.cert-manager.io kubeflow-self-signing-issuer",
    ],
    [
      "the issuer",
      "Issuer.cert-manager.io kubeflow/katib-selfsigned-issuer",
      "Certificate.cert-manager.io kubeflow/katib-webhook-cert",
    ],
    [
      "the certificate that a pod mounts",
      "Certificate.cert-manager.io kubeflow/serving-cert",
      "Deployment.apps kubeflow/kserve-controller-manager",
    ],
    [
      "KServe's webhook",
      "Deployment.apps kubeflow/kserve-controller-manager",
      "ClusterServingRuntime.serving.kserve.io kserve-sklearnserver",
    ],
    [
      "the authentication filter",
      "EnvoyFilter.networking.istio.io istio-system/authn-filter",
      "Gateway.networking.istio.io kubeflow/kubeflow-gateway",
    ],
    ["Dex", "Deployment.apps auth/dex", "StatefulSet.apps istio-system/oidc-authservice"],
    ["MySQL", "Deployment.apps kubeflow/mysql", "Deployment.apps kubeflow/metadata-grpc-deployment"],
    ["Katib's database", "Deployment.apps kubeflow/katib-mysql", "Deployment.apps kubeflow/katib-db-manager"],
    [
      "the role",
      "Role.rbac.authorization.k8s.io kubeflow/ml-pipeline",
      "RoleBinding.rbac.authorization.k8s.io kubeflow/ml-pipeline",
    ],
    [
      "a role that another collects, which otherwise comes back when both are deleted",
      "ClusterRole.rbac.authorization.k8s.io kubeflow-edit",
      "ClusterRole.rbac.authorization.k8s.io kubeflow-admin",
    ],
    [
      "the PodDefaults webhook, which is asked about pods of profiles",
      "Deployment.apps kubeflow/admission-webhook-deployment",
      "Profile.kubeflow.org kubeflow-user-example-com",
    ],
    [
      "Katib's pod webhook, which is asked about pods of profiles",
      "Deployment.apps kubeflow/katib-controller",
      "Profile.kubeflow.org kubeflow-user-example-com",
    ],
  ];
  it.each(before)("have %s ready first", (_, first, then) => {
    expect(waveOf(first)).toBeLessThan(waveOf(then));
  });

  it("keep each webhook configuration with the pods that answer it, as both wait for each other", () => {
    expect(waveOf("ValidatingWebhookConfiguration.admissionregistration.k8s.io katib.kubeflow.org")).toBe(
      waveOf("Deployment.apps kubeflow/katib-controller"),
    );
    expect(waveOf("MutatingWebhookConfiguration.admissionregistration.k8s.io istio-sidecar-injector")).toBe(
      waveOf("Deployment.apps istio-system/istiod"),
    );
  });

  it("have Services there before the pods that look them up, without waiting for endpoints", () => {
    expect(waveOf("Service kubeflow/mysql")).toBeLessThan(waveOf("Deployment.apps kubeflow/mysql"));
    const ready = withReadiness(waves.flat());
    const awaited = ready.filter(
      (member) => member.kind === "Service" && member.metadata.annotations?.["pulumi.com/skipAwait"] !== "true",
    );
    expect(awaited).toEqual([]);
  });

  it("keep a LoadBalancer, which is awaited, with the pods behind it", () => {
    const gateway = waves.flat().find((member) => objectId(member) === "Service istio-system/istio-ingressgateway");
    const balancer = {
      ...gateway,
      spec: { ...(gateway?.["spec"] as object), type: "LoadBalancer" },
    } as KubernetesObject;
    const others = waves.flat().filter((member) => member !== gateway);
    const level = levels(wavesOf([...others, balancer]));
    const pods = others.find((member) => objectId(member) === "Deployment.apps istio-system/istio-ingressgateway");
    expect(level.get(balancer)).toBe(level.get(pods as KubernetesObject));
  });

  it("hold no circle: every strict need is met", () => {
    const objects = waves.flat();
    for (const edge of edgesOf(objects).filter(({ strength }) => strength === "before")) {
      expect(waveOf(objectId(edge.needs)), `${objectId(edge.object)} needs ${objectId(edge.needs)}`).toBeLessThan(
        waveOf(objectId(edge.object)),
      );
    }
  });
});

function byName(a: KubernetesObject, b: KubernetesObject): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
