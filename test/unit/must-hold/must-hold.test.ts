import bcrypt from "bcryptjs";
import { beforeAll, describe, expect, it } from "vitest";
import { groupKind, type KubernetesObject, objectId } from "../../../components/kit/objects.ts";
import { publicCredentials } from "../../kit/must-hold/credentials.ts";
import { plainGateways } from "../../kit/must-hold/gateways.ts";
import { goneReferences } from "../../kit/must-hold/images.ts";
import { NO_VIOLATIONS, violationsIn } from "../../kit/must-hold/index.ts";
import { unlimitedContainers } from "../../kit/must-hold/memory.ts";
import { openNamespaces } from "../../kit/must-hold/namespaces.ts";
import { plannedRelease, realRelease } from "../../kit/release.ts";

let shipped: KubernetesObject[];
let planned: KubernetesObject[];

beforeAll(async () => {
  shipped = (await realRelease()).map(({ object }) => object);
  planned = (await plannedRelease()).waves.flat();
});

const configMap = (data: Readonly<Record<string, string>>): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "found", namespace: "kubeflow" },
  data,
});
const secret = (data: Readonly<Record<string, string>>): KubernetesObject => ({
  ...configMap(Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]))),
  kind: "Secret",
});
const pod = (container: object): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "found", namespace: "kubeflow" },
  spec: { containers: [{ name: "main", image: "busybox:1.36", ...container }] },
});
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("what must hold", () => {
  it("does for what is planned, and for nothing of the release as shipped", () => {
    expect(violationsIn(planned)).toEqual(NO_VIOLATIONS);
    for (const [check, found] of Object.entries(violationsIn(shipped))) expect(found.length, check).toBeGreaterThan(0);
  });
});

describe("a reference to an image that is gone", () => {
  it.each<[string, KubernetesObject]>([
    ["in a container", pod({ image: "gcr.io/ml-pipeline/api-server:2.0.5" })],
    ["in an argument", pod({ args: ["--executor-image", "gcr.io/ml-pipeline/argoexec:v3.3.10-license-compliance"] })],
    ["in the environment", pod({ env: [{ name: "CACHE_IMAGE", value: "gcr.io/google-containers/busybox" }] })],
    [
      "in the text of a ConfigMap",
      configMap({ config: "proxy:\n  image: gcr.io/kubebuilder/kube-rbac-proxy:v0.8.0\n" }),
    ],
  ])("is found %s", (_, object) => {
    expect(goneReferences([object])).not.toEqual([]);
  });

  it("is found where only a program has it, and no variable says otherwise", () => {
    const apiServer = planned.map((object) => {
      if (objectId(object) !== "Deployment.apps kubeflow/ml-pipeline") return object;
      return JSON.parse(JSON.stringify(object).replaceAll("V2_DRIVER_IMAGE", "SOMETHING_ELSE")) as KubernetesObject;
    });
    expect(goneReferences(apiServer)).toEqual([expect.stringContaining("gcr.io/ml-pipeline/kfp-driver@sha256:")]);
  });
});

describe("a public credential", () => {
  it.each<[string, KubernetesObject]>([
    ["in a Secret", secret({ secretkey: "minio123" })],
    ["short, as the whole of a Secret's value", secret({ MYSQL_ROOT_PASSWORD: "test" })],
    ["that is empty", secret({ password: "" })],
    ["within the value of a Secret", secret({ "config.json": '{"key":"pUBnBOY80SnXgjibTYM9ZWNzY2xreNGQok"}' })],
    ["in base64 within base64", secret({ auth: base64("minio:minio123") })],
    ["in a ConfigMap", configMap({ "config.yaml": "email: user@example.com\n" })],
    ...["minio:minio123", "x:minio123", "xy:minio123!"].map((text): [string, KubernetesObject] => [
      `in base64 as a part of ${text}`,
      configMap({ authorization: `Basic ${base64(text)}` }),
    ]),
    ["in hexadecimal", configMap({ key: Buffer.from("minio123").toString("hex") })],
    ["in the environment", pod({ env: [{ name: "DB_PASSWORD", value: "test" }] })],
    ["as leave to have none", pod({ env: [{ name: "MYSQL_ALLOW_EMPTY_PASSWORD", value: "true" }] })],
    ["as Dex's own hash", secret({ hash: "$2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72" })],
    ["as another hash", secret({ hash: bcrypt.hashSync("12341234", 4) })],
  ])("is found %s", (_, object) => {
    expect(publicCredentials([object])).not.toEqual([]);
  });

  it("is not found in a Secret of others", () => {
    expect(publicCredentials([secret({ password: "correct horse battery staple" })])).toEqual([]);
  });
});

describe("a container without a memory limit", () => {
  it.each<[string, KubernetesObject]>([
    ["of a pod", pod({ resources: { limits: { cpu: "1" }, requests: { memory: "1Gi" } } })],
    [
      "that begins a pod of a Deployment",
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "found", namespace: "kubeflow" },
        spec: { template: { spec: { initContainers: [{ name: "init" }], containers: [] } } },
      },
    ],
  ])("is found: one %s", (_, object) => {
    expect(unlimitedContainers([object]).length).toBe(1);
  });
});

describe("a gateway in plain HTTP", () => {
  const changed = (id: string, change: (object: KubernetesObject) => KubernetesObject) =>
    planned.map((object) => (objectId(object) === id ? change(object) : object));

  it("is found where it does not redirect", () => {
    const opened = changed("Gateway.networking.istio.io kubeflow/kubeflow-gateway", (gateway) => ({
      ...gateway,
      spec: {
        selector: { istio: "ingressgateway" },
        servers: [{ hosts: ["*"], port: { name: "http", number: 80, protocol: "HTTP" } }],
      },
    }));
    expect(plainGateways(opened)).toEqual(["Gateway.networking.istio.io kubeflow/kubeflow-gateway: port 80"]);
  });

  it("is found where the policy that closes it is gone", () => {
    const opened = planned.filter(
      (object) =>
        groupKind(object) !== "NetworkPolicy.networking.k8s.io" || object.metadata.namespace !== "istio-system",
    );
    expect(plainGateways(opened)).toEqual(
      expect.arrayContaining(["Gateway.networking.istio.io istio-system/cluster-local-gateway: port 80"]),
    );
  });
});

describe("a namespace without default deny", () => {
  it("is found, where it has other policies too", () => {
    const open = planned.filter(
      (object) => objectId(object) !== "NetworkPolicy.networking.k8s.io kubeflow/default-deny",
    );
    expect(openNamespaces(open)).toEqual(["kubeflow"]);
  });

  it("is not one of the cluster or of a profile that a user made", () => {
    const namespace = (name: string, annotations = {}, labels = {}): KubernetesObject => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, annotations, labels },
    });
    const ofSettings = namespace("team", { owner: "someone" }, { "kubeflow-on-pulumi/profile": "by-settings" });
    expect(openNamespaces([ofSettings])).toEqual(["team"]);
    expect(openNamespaces([namespace("kube-system"), namespace("team", { owner: "someone" })])).toEqual([]);
    expect(openNamespaces([namespace("team")])).toEqual(["team"]);
  });
});
