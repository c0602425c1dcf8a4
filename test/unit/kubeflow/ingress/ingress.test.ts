import { beforeAll, describe, expect, it } from "vitest";
import { at, groupKind, type KubernetesObject, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { certificateObjects } from "../../../../components/kubeflow/ingress/certificates.ts";
import { entranceOf } from "../../../../components/kubeflow/ingress/entrance.ts";
import { isIngressGateway } from "../../../../components/kubeflow/ingress/gateways.ts";
import { ingressSettings } from "../../../../components/kubeflow/ingress/settings.ts";
import { releases } from "../../../../components/kubeflow/releases/index.ts";
import { realRelease } from "../../../kit/release.ts";
import { type SignOn, signOn } from "../../../kit/sign-on.ts";

const GATEWAY = "Gateway.networking.istio.io";
const { entrance } = releases["1.8.1"];
const CERTIFICATE = "Certificate.cert-manager.io";
const acme = { email: "ops@kubeflow.org", server: "https://acme.kubeflow.internal/directory" };

/** Ports that people can reach and that serve something in plain HTTP. */
const plain = (objects: readonly KubernetesObject[]) =>
  objects
    .filter((object) => isIngressGateway(object, entrance))
    .flatMap((gateway) => listAt(gateway, "spec", "servers").map((server) => ({ gateway, server })))
    .filter(
      ({ server }) => textAt(server, "port", "protocol") === "HTTP" && at(server, "tls", "httpsRedirect") !== true,
    )
    .map(({ gateway }) => objectId(gateway));

let platform: SignOn;

beforeAll(async () => {
  platform = await signOn();
});

describe("gateways", () => {
  it("that people can reach serve nothing in plain HTTP, though as shipped they do", async () => {
    const shipped = (await realRelease()).map(({ object }) => object);
    expect(plain(shipped)).toEqual([
      `${GATEWAY} istio-system/istio-ingressgateway`,
      `${GATEWAY} kubeflow/kubeflow-gateway`,
    ]);
    expect(plain(platform.objects)).toEqual([]);
  });

  it("of calls between workloads stand behind a ClusterIP", () => {
    const inner = platform.objects.filter(
      (object) => groupKind(object) === GATEWAY && !isIngressGateway(object, entrance),
    );
    expect(inner.map(objectId).toSorted()).toEqual([
      `${GATEWAY} istio-system/cluster-local-gateway`,
      `${GATEWAY} knative-serving/knative-local-gateway`,
    ]);
    for (const name of ["cluster-local-gateway", "knative-local-gateway"]) {
      expect(textAt(platform.find(`Service istio-system/${name}`), "spec", "type")).toBe("ClusterIP");
    }
  });

  it("serve the host, and inference services below it, with TLS 1.2 or newer", () => {
    expect(listAt(platform.find(`${GATEWAY} kubeflow/kubeflow-gateway`), "spec", "servers")).toContainEqual({
      hosts: ["kubeflow.internal", "*.kubeflow.internal"],
      port: { name: "https", number: 443, protocol: "HTTPS" },
      tls: { mode: "SIMPLE", credentialName: "kubeflow-ingress-tls", minProtocolVersion: "TLSV1_2" },
    });
  });

  it("serve every application: each VirtualService is for any host", () => {
    const services = platform.objects.filter((object) => object.kind === "VirtualService");
    expect(services.length).toBe(10);
    for (const service of services) expect(listAt(service, "spec", "hosts"), objectId(service)).toEqual(["*"]);
  });

  it("open after the filters that ask who is there", () => {
    for (const id of [
      "EnvoyFilter.networking.istio.io istio-system/authn-filter",
      "EnvoyFilter.networking.istio.io istio-system/entrance",
      "AuthorizationPolicy.security.istio.io istio-system/istio-ingressgateway",
    ]) {
      for (const gateway of ["istio-system/istio-ingressgateway", "kubeflow/kubeflow-gateway"]) {
        expect(platform.waveOf(id), id).toBeLessThan(platform.waveOf(`${GATEWAY} ${gateway}`));
      }
    }
  });
});

describe("certificates", () => {
  it("come from an authority of the platform's own, each step ready before the next", () => {
    const steps = [
      "ClusterIssuer.cert-manager.io kubeflow-self-signing-issuer",
      `${CERTIFICATE} cert-manager/kubeflow-ca`,
      "ClusterIssuer.cert-manager.io kubeflow-ca",
      `${CERTIFICATE} istio-system/kubeflow-ingress`,
      "StatefulSet.apps istio-system/oidc-authservice",
    ].map(platform.waveOf);
    expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
  });

  it("are renewed a month before their end, with a new key, by what issued them", () => {
    expect(platform.find(`${CERTIFICATE} istio-system/kubeflow-ingress`)?.["spec"]).toMatchObject({
      secretName: "kubeflow-ingress-tls",
      duration: "2160h",
      renewBefore: "720h",
      privateKey: { rotationPolicy: "Always" },
      issuerRef: { kind: "ClusterIssuer", name: "kubeflow-ca" },
    });
    const served = listAt(platform.find(entrance.gateway), "spec", "servers").at(-1);
    expect(textAt(served, "tls", "credentialName")).toBe("kubeflow-ingress-tls");
  });

  it("that are given stand as they are, and cert-manager is asked for none", () => {
    // Whether it fits the host and its key is for the settings to see, which are not parsed here.
    const given = { certificate: "the certificate", key: "its key" };
    const tls = { ...ingressSettings.parse({}).tls, mode: "given" as const, given };
    const made = certificateObjects(tls, entranceOf({ ...ingressSettings.parse({}), tls }), entrance);
    expect(made.map(objectId)).toEqual(["Secret istio-system/kubeflow-ingress-given"]);
    expect(made[0]).toMatchObject({
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": given.certificate, "tls.key": given.key },
    });
  });

  it("by ACME over HTTP are answered through the gateway, so nothing waits for them before it is open", async () => {
    const { find, waveOf, objects } = await signOn({ ingress: { tls: { mode: "acme", acme } } });
    const certificate = find(`${CERTIFICATE} istio-system/kubeflow-ingress`);
    expect(certificate?.metadata.annotations).toHaveProperty(["pulumi.com/skipAwait"], "true");
    expect(certificate?.metadata.annotations).not.toHaveProperty(["pulumi.com/waitFor"]);
    expect(listAt(certificate, "spec", "dnsNames")).toEqual(["kubeflow.internal"]);
    expect(at(find("ClusterIssuer.cert-manager.io kubeflow-acme"), "spec", "acme", "solvers")).toEqual([
      { http01: { ingress: { class: "istio", serviceType: "ClusterIP" } } },
    ]);
    const parameters = find("ConfigMap istio-system/oidc-authservice-parameters");
    expect(textAt(parameters, "data", "SKIP_AUTH_URLS")).toBe("/dex/,/.well-known/acme-challenge/");
    expect(JSON.stringify(find("EnvoyFilter.networking.istio.io istio-system/entrance"))).toContain("acme-challenge");
    const authservice = waveOf("StatefulSet.apps istio-system/oidc-authservice");
    expect(waveOf(`${CERTIFICATE} istio-system/kubeflow-ingress`)).toBeLessThanOrEqual(authservice);
    expect(waveOf(`${GATEWAY} kubeflow/kubeflow-gateway`)).toBeLessThan(authservice);
    expect(plain(objects)).toEqual([]);
  });

  it("by ACME over DNS take the solver as cert-manager documents it, and its secrets as Secrets", async () => {
    const dns01 = { cloudflare: { apiTokenSecretRef: { name: "cloudflare", key: "token" } } };
    const { find, objects } = await signOn({
      ingress: {
        tls: {
          mode: "acme",
          acme: { ...acme, challenge: "dns01", dns01, secrets: { cloudflare: { token: "very-secret" } } },
        },
      },
    });
    expect(at(find("ClusterIssuer.cert-manager.io kubeflow-acme"), "spec", "acme", "solvers")).toEqual([{ dns01 }]);
    expect(find("Secret cert-manager/cloudflare")?.["stringData"]).toEqual({ token: "very-secret" });
    expect(objects.filter((object) => JSON.stringify(object).includes("very-secret")).map(objectId)).toEqual([
      "Secret cert-manager/cloudflare",
    ]);
    const names = listAt(find(`${CERTIFICATE} istio-system/kubeflow-ingress`), "spec", "dnsNames");
    expect(names).toEqual(["kubeflow.internal", "*.kubeflow.internal"]);
  });
});

describe("the entrance", () => {
  it("is reached as the settings ask", async () => {
    const shown = (platform: SignOn) => platform.find("Service istio-system/istio-ingressgateway");
    expect(textAt(shown(platform), "spec", "type")).toBe("ClusterIP");
    const service = { type: "LoadBalancer", annotations: { a: "b" }, sourceRanges: ["203.0.113.0/24"] };
    const open = shown(await signOn({ ingress: { service } }));
    expect(textAt(open, "spec", "type")).toBe("LoadBalancer");
    expect(at(open, "spec", "loadBalancerSourceRanges")).toEqual(["203.0.113.0/24"]);
    expect(open?.metadata.annotations).toMatchObject({ a: "b" });
  });

  it("has its filter before every other one", () => {
    const filter = platform.find("EnvoyFilter.networking.istio.io istio-system/entrance");
    expect(textAt(filter, "spec", "configPatches", 0, "patch", "operation")).toBe("INSERT_FIRST");
    expect(at(filter, "spec", "priority")).toBeGreaterThan(
      Number(at(platform.find("EnvoyFilter.networking.istio.io istio-system/authn-filter"), "spec", "priority") ?? 0),
    );
  });

  it("tells browsers to come by HTTPS only, for as long as the settings say", async () => {
    const script = async (ingress: object) =>
      JSON.stringify((await signOn({ ingress })).find("EnvoyFilter.networking.istio.io istio-system/entrance"));
    expect(await script({ hstsSeconds: 600 })).toMatch(/strict-transport-security[^a-z]+max-age=600/);
    expect(await script({ hstsSeconds: 0 })).not.toContain("strict-transport-security");
  });

  it("names inference services below the host", () => {
    expect(at(platform.find("ConfigMap knative-serving/config-domain"), "data", "kubeflow.internal")).toBe("");
    const ingress = textAt(platform.find("ConfigMap kubeflow/inferenceservice-config"), "data", "ingress") ?? "{}";
    expect(JSON.parse(ingress)).toMatchObject({ ingressDomain: "kubeflow.internal", urlScheme: "https" });
  });
});
