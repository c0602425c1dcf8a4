import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { at, type KubernetesObject, labelsAt, listAt, objectId, textAt } from "../../../components/kit/objects.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { profilesOn } from "../../../components/tenancy/profiles.ts";
import { EXTERNAL_SERVICES } from "../../kit/external-services.ts";
import { plannedRelease } from "../../kit/release.ts";
import { objectsOf, settingsOf } from "../../kit/tenancy/tenants.ts";

type Config = Readonly<Record<string, unknown>>;

const STORE = { bucket: "vision-runs", accessKey: "vision-key", secretKey: "s3cr3t-of-vision" };
const ELSEWHERE = { ...STORE, endpoint: "store.example.com:9000", region: "eu-west-1" };
const OWNER = "ada@example.com";
const profilesWith = (store: Config | undefined, more: Config = {}) => [
  { name: "vision", owner: OWNER, ...(store === undefined ? {} : { objectStore: store }), ...more },
  { name: "search", owner: OWNER },
];

const CODE = "ConfigMap kubeflow/kubeflow-pipelines-profile-controller-code-hdk828hd6c";
const CONTROLLER = "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller";
const ANNOTATION = "kubeflow-on-pulumi/object-store";

/** The platform's objects and those of each profile, by id. */
async function applied(profiles: readonly object[], more: Config = {}) {
  const platform = (await plannedRelease({ profiles, ...more })).waves.flat();
  const made = profilesOn(platform, releases["1.8.1"], settingsOf({ profiles, ...more }));
  const byId = (objects: readonly KubernetesObject[]) => new Map(objects.map((object) => [objectId(object), object]));
  return {
    platform: byId(platform),
    profile: (name: string) =>
      byId(made.filter(({ namespace }) => namespace.metadata.name === name).flatMap(objectsOf)),
  };
}

const launcherOf = (objects: ReadonlyMap<string, KubernetesObject>) =>
  labelsAt(objects.get("ConfigMap vision/kfp-launcher"), "data");
const providersOf = (objects: ReadonlyMap<string, KubernetesObject>): unknown =>
  JSON.parse(launcherOf(objects)["providers"] ?? "");
const repositoryOf = (objects: ReadonlyMap<string, KubernetesObject>) =>
  load(textAt(objects.get("ConfigMap vision/artifact-repositories"), "data", "profile") ?? "");
const toldOf = (objects: ReadonlyMap<string, KubernetesObject>) =>
  JSON.parse(labelsAt(objects.get("Namespace vision"), "metadata", "annotations")[ANNOTATION] ?? "") as {
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly mark: string;
  };
const egressOf = (objects: ReadonlyMap<string, KubernetesObject>) =>
  listAt(objects.get("NetworkPolicy.networking.k8s.io vision/profile"), "spec", "egress");

const SECRET_REF = {
  fromEnv: false,
  secretRef: { secretName: "mlpipeline-minio-artifact", accessKeyKey: "accesskey", secretKeyKey: "secretkey" },
};

describe("a profile with keys of its own", () => {
  it("in the platform's store keeps everything in its bucket: artifacts of v2, logs, artifacts of v1", async () => {
    const vision = (await applied(profilesWith(STORE))).profile("vision");
    expect(at(vision.get("Secret vision/mlpipeline-minio-artifact"), "stringData")).toEqual({
      accesskey: "vision-key",
      secretkey: "s3cr3t-of-vision",
    });
    expect(launcherOf(vision)["defaultPipelineRoot"]).toBe("minio://vision-runs/profiles/vision");
    const endpoint = "minio-service.kubeflow:9000";
    expect(providersOf(vision)).toEqual({
      minio: { default: { endpoint, region: "minio", disableSSL: true, credentials: SECRET_REF } },
    });
    expect(repositoryOf(vision)).toMatchObject({
      archiveLogs: true,
      s3: {
        endpoint,
        bucket: "vision-runs",
        insecure: true,
        keyFormat: expect.stringMatching(/^profiles\/vision\/artifacts\/\{\{workflow\.name\}\}/) as unknown,
        secretKeySecret: { name: "mlpipeline-minio-artifact", key: "secretkey" },
      },
    });
  });

  it("at another endpoint reaches that, is told its region, and no way to the platform's is opened", async () => {
    const { profile } = await applied(profilesWith({ ...ELSEWHERE, prefix: "a/b" }), { services: EXTERNAL_SERVICES });
    const vision = profile("vision");
    expect(launcherOf(vision)["defaultPipelineRoot"]).toBe("s3://vision-runs/a/b");
    expect(providersOf(vision)).toEqual({
      s3: {
        default: {
          endpoint: "store.example.com:9000",
          region: "eu-west-1",
          disableSSL: false,
          credentials: SECRET_REF,
        },
      },
    });
    expect(toldOf(vision).env).toEqual(
      expect.arrayContaining([
        { name: "MINIO_HOST", value: "store.example.com" },
        { name: "MINIO_PORT", value: "9000" },
        { name: "MINIO_SSL", value: "true" },
      ]),
    );
    const podDefault = vision.get("PodDefault.kubeflow.org vision/access-object-store");
    expect(listAt(podDefault, "spec", "env")).toEqual(
      expect.arrayContaining([
        { name: "AWS_ENDPOINT_URL_S3", value: "https://store.example.com:9000" },
        { name: "AWS_REGION", value: "eu-west-1" },
      ]),
    );
    const toInternet = egressOf(vision).filter((rule) => JSON.stringify(rule).includes('"0.0.0.0/0"'));
    expect(toInternet.map((rule) => at(rule, "ports"))).toEqual([[{ port: 9000, protocol: "TCP" }]]);
  });

  it("at an address opens that alone", async () => {
    const store = { ...STORE, endpoint: "10.20.0.7", secure: false };
    const vision = (await applied(profilesWith(store))).profile("vision");
    expect(egressOf(vision)).toContainEqual({
      to: [{ ipBlock: { cidr: "10.20.0.7/32" } }],
      ports: [{ port: 80, protocol: "TCP" }],
    });
    expect(JSON.stringify(egressOf(vision))).not.toContain('"0.0.0.0/0"');
  });

  it("has its artifact server restarted when the keys change, and no other's", async () => {
    const markOf = async (store: Config) => toldOf((await applied(profilesWith(store))).profile("vision")).mark;
    const mark = await markOf(STORE);
    expect(mark).toMatch(/^[0-9a-f]{8}$/);
    expect(await markOf(STORE)).toBe(mark);
    expect(await markOf({ ...STORE, secretKey: "another-s3cr3t" })).not.toBe(mark);
  });

  it("needs an endpoint where there is no Pipelines, and is then offered to notebooks", async () => {
    const { platform, profile } = await applied(profilesWith(ELSEWHERE), { components: { pipelines: false } });
    expect(platform.has(CONTROLLER)).toBe(false);
    const made = [...profile("vision").keys()];
    expect(made).toContain("Secret vision/mlpipeline-minio-artifact");
    expect(made).toContain("PodDefault.kubeflow.org vision/access-object-store");
    expect(made.filter((id) => id.startsWith("ConfigMap"))).toEqual([]);
  });
});

describe("the controller of Pipelines", () => {
  it("is told, in a pod that restarts for it, where a profile has keys of its own, and only then", async () => {
    const untold = (await applied(profilesWith(undefined))).platform;
    const { platform } = await applied(profilesWith(STORE));
    expect(textAt(untold.get(CODE), "data", "sync.py")).not.toContain(ANNOTATION);
    expect(textAt(platform.get(CODE), "data", "sync.py")).toContain(`.get("${ANNOTATION}")`);
    const changed = [...platform.keys()].filter(
      (id) => JSON.stringify(platform.get(id)) !== JSON.stringify(untold.get(id)),
    );
    expect(changed.toSorted()).toEqual([CODE, CONTROLLER].toSorted());
  });

  it("is told beside a store outside the cluster as well", async () => {
    const { platform } = await applied(profilesWith(STORE), { services: EXTERNAL_SERVICES });
    const program = textAt(platform.get(CODE), "data", "sync.py");
    expect(program).toContain(`.get("${ANNOTATION}")`);
    expect(program).toContain('os.environ["KFP_LAUNCHER_PROVIDERS"]');
  });
});

describe("other profiles", () => {
  it("are what they are without it", async () => {
    const before = await applied(profilesWith(undefined));
    const after = await applied(profilesWith(STORE));
    for (const name of ["search", "kubeflow-admin"]) expect(after.profile(name)).toEqual(before.profile(name));
  });
});

describe("settings of a store are refused with path, value and what is allowed:", () => {
  function problemsOf(config: Config): string {
    try {
      settingsOf(config);
      return "none";
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message.split("\n").slice(1, -1).join("\n").trim();
    }
  }
  const AT = "profiles[0].objectStore";
  const HOST = "it must be a host, with a port where it is not that of HTTPS, without a scheme and a path";
  const BUCKET = "it must be the name of a bucket that exists, of 3 to 63 lower-case letters, digits, dots and dashes";
  const PREFIX = "it must be what keys of objects begin with, such as teams/vision, without a slash at its ends";
  const two = (first: Config, second: Config) => [
    { name: "vision", owner: OWNER, objectStore: { ...STORE, ...first } },
    { name: "search", owner: OWNER, objectStore: { ...STORE, secretKey: "of-search", ...second } },
  ];

  it.each<[string, Config, string]>([
    ["no secret key", { secretKey: undefined }, `${AT}.secretKey is missing; it must be text that is not empty`],
    ["no access key", { accessKey: undefined }, `${AT}.accessKey is missing; it must be text that is not empty`],
    [
      "an empty key",
      { secretKey: "" },
      `${AT}.secretKey (value not shown) is wrong; it must be text that is not empty`,
    ],
    ["a bucket in capitals", { bucket: "Vision" }, `${AT}.bucket is "Vision"; ${BUCKET}`],
    ["a bucket with dots in a row", { bucket: "a..b" }, `${AT}.bucket is "a..b"; ${BUCKET}`],
    ["a bucket with a path", { bucket: "runs/vision" }, `${AT}.bucket is "runs/vision"; ${BUCKET}`],
    ["a prefix with slashes", { prefix: "/vision/" }, `${AT}.prefix is "/vision/"; ${PREFIX}`],
    [
      "an endpoint with a path",
      { endpoint: "store.example.com/vision" },
      `${AT}.endpoint is "store.example.com/vision"; ${HOST}`,
    ],
    [
      "an endpoint with a scheme",
      { endpoint: "https://store.example.com" },
      `${AT}.endpoint is "https://store.example.com"; ${HOST}`,
    ],
    [
      "a region of the platform's store",
      { region: "eu-west-1" },
      `${AT}.region is "eu-west-1"; it must be left out, as without an endpoint the store is the platform's`,
    ],
    [
      "the platform's store in plain text",
      { secure: false },
      `${AT}.secure is false; it must be left out, as without an endpoint the store is the platform's`,
    ],
  ])("%s", (_, store, problem) => {
    expect(problemsOf({ profiles: profilesWith({ ...STORE, ...store }) })).toBe(problem);
  });

  it("the platform's store where it has none", () => {
    expect(problemsOf({ profiles: profilesWith(STORE), components: { pipelines: false } })).toBe(
      `${AT}.endpoint is missing; it must be the host of a store, as components.pipelines is off and the platform has none`,
    );
  });

  it.each<[string, Config, Config, string]>([
    [
      "the same",
      { prefix: "runs" },
      { prefix: "runs" },
      `"runs"; it must be a place of its own: vision has vision-runs/runs`,
    ],
    [
      "one within another",
      { prefix: "runs" },
      { prefix: "runs/search" },
      `"runs/search"; it must be a place of its own: vision has vision-runs/runs`,
    ],
    [
      "one around another",
      {},
      { prefix: "profiles" },
      `"profiles"; it must be a place of its own: vision has vision-runs/profiles/vision`,
    ],
  ])("places of two profiles with different keys: %s", (_, first, second, problem) => {
    expect(problemsOf({ profiles: two(first, second) })).toBe(
      `profiles[1].objectStore.prefix is ${problem}, with other keys`,
    );
  });

  it.each<[string, Config, Config]>([
    ["with the same keys", { prefix: "runs" }, { prefix: "runs", secretKey: STORE.secretKey }],
    ["in another bucket", { prefix: "runs" }, { prefix: "runs", bucket: "search-runs" }],
    ["in another store", { prefix: "runs" }, { prefix: "runs", endpoint: "store.example.com" }],
    ["side by side", {}, {}],
    ["whose names begin alike", { prefix: "run" }, { prefix: "runs" }],
  ])("but none of two profiles %s", (_, first, second) => {
    expect(problemsOf({ profiles: two(first, second) })).toBe("none");
  });

  it("never with a key in an error about what is around it", () => {
    const profiles = [{ ...profilesWith(STORE)[0], quota: { cpu: 500 }, members: { edit: [] } }];
    const problem = problemsOf({ profiles, tenancy: { overcommit: "refuse" } });
    expect(problem).toContain('profiles is [{"name":"vision"');
    const short = problemsOf({
      profiles: [{ objectStore: STORE, name: "vision", owner: OWNER, quota: { cpu: 500 } }],
      tenancy: { overcommit: "refuse" },
    });
    expect(short).toContain('"bucket":"vision-runs"');
    expect(problem + short).not.toMatch(/s3cr3t|vision-key/);
  });
});
