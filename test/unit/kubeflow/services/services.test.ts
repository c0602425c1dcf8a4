import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { at, type KubernetesObject, labelsAt, listAt, objectId, textAt } from "../../../../components/kit/objects.ts";
import { UserError } from "../../../../components/kit/errors.ts";
import { services181 } from "../../../../components/kubeflow/releases/1.8.1/services.ts";
import { SERVICE_ANNOTATIONS } from "../../../../components/kubeflow/services/index.ts";
import { endpointOf } from "../../../../components/kubeflow/services/endpoint.ts";
import { withProgramChanges } from "../../../../components/kubeflow/services/profile-program.ts";
import { parseSettings } from "../../../../components/settings/parse.ts";
import { danglingIn } from "../../../kit/dangling.ts";
import { EXTERNAL_SERVICES } from "../../../kit/external-services.ts";
import { NO_VIOLATIONS, violationsIn } from "../../../kit/must-hold/index.ts";
import { plannedRelease } from "../../../kit/release.ts";

const { database, objectStore } = EXTERNAL_SERVICES;
let inside: KubernetesObject[];
let outside: KubernetesObject[];

beforeAll(async () => {
  inside = (await plannedRelease()).waves.flat();
  outside = (await plannedRelease({ services: EXTERNAL_SERVICES })).waves.flat();
});

const find = (objects: readonly KubernetesObject[], id: string) => objects.find((object) => objectId(object) === id);
const ids = (objects: readonly KubernetesObject[]) => objects.map(objectId);
const data = (id: string, key: string) => textAt(find(outside, id), "data", key) ?? "";
const container = (id: string) => listAt(find(outside, id), "spec", "template", "spec", "containers")[0];
const variables = (id: string) =>
  Object.fromEntries(
    listAt(container(id), "env").map((variable) => [
      textAt(variable, "name"),
      at(variable, "value") ?? at(variable, "valueFrom", "secretKeyRef"),
    ]),
  ) as Record<string, unknown>;
const args = (id: string) => listAt(container(id), "args").join(" ");

describe("external services", () => {
  it("leave nothing of those in the cluster: workloads, volumes, Services, policies, passwords", () => {
    const replaced = Object.values(services181.replaced).flat();
    expect(replaced.filter((id) => !ids(inside).includes(id))).toEqual([]);
    const remains = ids(outside).filter((id) =>
      /kubeflow\/(minio|mysql|katib-mysql|minio-service|minio-pvc)\b/.test(id),
    );
    expect(remains).toEqual(["Secret kubeflow/mysql-secret"]);
    expect(danglingIn(outside, inside)).toEqual([]);
    expect(/minio-service|katib-mysql/.exec(JSON.stringify(outside))).toBeNull();
    expect(violationsIn(outside)).toEqual(NO_VIOLATIONS);
  });

  it("are known to everything that uses them, whose pods restart when that changes", async () => {
    const other = (
      await plannedRelease({ services: { database: { ...database, password: "changed" }, objectStore } })
    ).waves.flat();
    const marks = (objects: readonly KubernetesObject[]) =>
      new Map(
        objects.flatMap((object) => {
          const annotations = labelsAt(object, "spec", "template", "metadata", "annotations");
          const mark = Object.values(SERVICE_ANNOTATIONS).flatMap((name) => annotations[name] ?? []);
          return mark.length === 0 ? [] : [[object.metadata.name, mark.join(" ")] as const];
        }),
      );
    const before = marks(outside);
    expect([...before.keys()].toSorted()).toEqual([
      "cache-server",
      "katib-db-manager",
      "kubeflow-pipelines-profile-controller",
      "metadata-grpc-deployment",
      "ml-pipeline",
      "ml-pipeline-ui",
    ]);
    const changed = [...marks(other)].filter(([name, mark]) => before.get(name) !== mark).map(([name]) => name);
    expect(changed.toSorted()).toEqual(["cache-server", "katib-db-manager", "metadata-grpc-deployment", "ml-pipeline"]);
    expect(marks(inside).size).toBe(0);
  });

  it("keep their passwords in Secrets", () => {
    const others = JSON.stringify(outside.filter(({ kind }) => kind !== "Secret"));
    const all = JSON.stringify(outside);
    for (const value of ["of theirs", objectStore.accessKey, objectStore.secretKey]) {
      expect(all.includes(value) && !others.includes(value), value).toBe(true);
    }
  });
});

describe("an external database", () => {
  it("is reached by Pipelines over TLS, with the authority of the settings and bounded patience", () => {
    expect(data("ConfigMap kubeflow/pipeline-install-config", "dbHost")).toBe("db.example.com");
    expect(data("ConfigMap kubeflow/pipeline-install-config", "mysqlPort")).toBe("3307");
    const parameters = { timeout: "10s", readTimeout: "2m", writeTimeout: "2m", tls: "true" };
    const apiServer = variables("Deployment.apps kubeflow/ml-pipeline");
    expect(JSON.parse(String(apiServer["DBCONFIG_MYSQLCONFIG_EXTRAPARAMS"]))).toEqual(parameters);
    expect(apiServer["SSL_CERT_DIR"]).toBe("/etc/database-authority");
    expect(args("Deployment.apps kubeflow/cache-server")).toContain(`--db_extra_params=${JSON.stringify(parameters)}`);
    expect(variables("Deployment.apps kubeflow/cache-server")["SSL_CERT_DIR"]).toBe("/etc/database-authority");
    expect(data("ConfigMap kubeflow/database-authority", "ca.crt")).toBe(database.tls.ca);
  });

  it("is told to the metadata store in a file, which alone has a place for TLS", () => {
    const id = "Deployment.apps kubeflow/metadata-grpc-deployment";
    expect(args(id)).not.toContain("mysql_config");
    expect(args(id)).toContain("--metadata_source_config_type=config_file");
    expect(listAt(container(id), "volumeMounts").map((mount) => textAt(mount, "mountPath"))).toEqual([
      "/etc/metadata-store",
      "/etc/database-authority",
    ]);
    expect(textAt(find(outside, "Secret kubeflow/metadata-store-config"), "stringData", "config.pbtxt")).toBe(
      [
        "connection_config {",
        "  mysql {",
        '    host: "db.example.com"',
        "    port: 3307",
        '    database: "metadb"',
        '    user: "kubeflow"',
        '    password: "a \\"password\\" of theirs"',
        '    ssl_options { ca: "/etc/database-authority/ca.crt" verify_server_cert: true }',
        "  }",
        "}",
        "migration_options { enable_upgrade_migration: true }",
        "",
      ].join("\n"),
    );
  });

  it("is reached by Katib as its own user", () => {
    expect(variables("Deployment.apps kubeflow/katib-db-manager")).toMatchObject({
      DB_NAME: "mysql",
      DB_USER: { name: "katib-database", key: "username" },
      DB_PASSWORD: { name: "katib-database", key: "password" },
      KATIB_MYSQL_DB_HOST: "db.example.com",
      KATIB_MYSQL_DB_PORT: "3307",
    });
  });

  it("is open to the two workloads that reach nothing else", () => {
    const opened = outside.filter(({ metadata }) => metadata.name.endsWith("-to-database"));
    expect(ids(opened)).toEqual([
      "NetworkPolicy.networking.k8s.io kubeflow/metadata-grpc-deployment-to-database",
      "NetworkPolicy.networking.k8s.io kubeflow/katib-db-manager-to-database",
    ]);
    for (const policy of opened) {
      expect(at(policy, "spec", "egress")).toEqual([
        { to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 3307, protocol: "TCP" }] },
      ]);
    }
  });

  it("can be for Pipelines alone", async () => {
    const { exceptKatib: _, ...tls } = database.tls;
    const objects = (
      await plannedRelease({ services: { database: { ...database, tls, users: ["pipelines"] } } })
    ).waves.flat();
    expect(ids(objects)).toContain("Deployment.apps kubeflow/katib-mysql");
    expect(ids(objects)).not.toContain("Deployment.apps kubeflow/mysql");
    expect(ids(objects)).toContain("Deployment.apps kubeflow/minio");
    expect(danglingIn(objects, inside)).toEqual([]);
  });

  it("is nobody's where neither Pipelines nor Katib is installed", async () => {
    const components = { pipelines: false, katib: false };
    const objects = (await plannedRelease({ components, services: EXTERNAL_SERVICES })).waves.flat();
    expect(JSON.stringify(objects).includes("db.example.com")).toBe(false);
  });
});

describe("an external object store", () => {
  const artifacts = "s3://artifacts/v2/artifacts";

  it("takes logs and artifacts of steps, v1 and v2", () => {
    const repository = load(data("ConfigMap kubeflow/workflow-controller-configmap", "artifactRepository"));
    expect(repository).toMatchObject({
      archiveLogs: true,
      s3: {
        endpoint: "s3.eu-west-1.amazonaws.com",
        bucket: "artifacts",
        region: "eu-west-1",
        insecure: false,
        accessKeySecret: { name: "mlpipeline-minio-artifact", key: "accesskey" },
      },
    });
    expect(data("ConfigMap kubeflow/pipeline-install-config", "defaultPipelineRoot")).toBe(artifacts);
    expect(data("ConfigMap kubeflow/kfp-launcher", "defaultPipelineRoot")).toBe(artifacts);
  });

  it("is known to the API server and the interface", () => {
    expect(variables("Deployment.apps kubeflow/ml-pipeline")).toMatchObject({
      OBJECTSTORECONFIG_HOST: "s3.eu-west-1.amazonaws.com",
      OBJECTSTORECONFIG_REGION: "eu-west-1",
      OBJECTSTORECONFIG_SECURE: "true",
    });
    expect(variables("Deployment.apps kubeflow/ml-pipeline-ui")).toMatchObject({
      MINIO_HOST: "s3.eu-west-1.amazonaws.com",
      MINIO_NAMESPACE: "",
      MINIO_PORT: "443",
      MINIO_SSL: "true",
      AWS_S3_ENDPOINT: "s3.eu-west-1.amazonaws.com",
      AWS_ACCESS_KEY_ID: { name: "mlpipeline-minio-artifact", key: "accesskey" },
      ARGO_ARCHIVE_BUCKETNAME: "artifacts",
    });
  });

  it("is known in each profile: to the launcher of v2 steps and the artifact server", () => {
    const id = "Deployment.apps kubeflow/kubeflow-pipelines-profile-controller";
    const settings = variables(id);
    expect(JSON.parse(String(settings["KFP_LAUNCHER_PROVIDERS"]))).toEqual(
      JSON.parse(data("ConfigMap kubeflow/kfp-launcher", "providers")),
    );
    const program = data(services181.profileProgram.id, "sync.py");
    expect(program).toContain('"providers": os.environ["KFP_LAUNCHER_PROVIDERS"],');
    expect(program).toContain('"env": json.loads(os.environ["KFP_ARTIFACT_SERVER_ENV"]) + [');
    expect(JSON.parse(String(settings["KFP_ARTIFACT_SERVER_ENV"]))).toContainEqual({
      name: "MINIO_SSL",
      value: "true",
    });
  });

  it("refuses a program of profiles that it does not know", () => {
    const other = {
      ...find(inside, services181.profileProgram.id),
      data: { "sync.py": "print()" },
    } as KubernetesObject;
    for (const purpose of ["outside", "ownStores"] as const) {
      const change = () => withProgramChanges(other, services181.profileProgram, purpose);
      expect(change).toThrow("is not the program that is known");
    }
  });

  it.each([
    ["s3", { region: "eu-west-1" }, { host: "s3.eu-west-1.amazonaws.com", port: 443, region: "eu-west-1" }],
    ["spaces", { region: "fra1" }, { host: "fra1.digitaloceanspaces.com", port: 443, region: "fra1" }],
    ["gcs", {}, { host: "storage.googleapis.com", port: 443, region: "auto" }],
    ["other", { endpoint: "store.example.com:9000" }, { host: "store.example.com", port: 9000, region: "us-east-1" }],
  ] as const)("of %s is at its address", (provider, where, endpoint) => {
    const settings = { provider, ...where, bucket: "artifacts", accessKey: "a", secretKey: "b" };
    expect(endpointOf(settings)).toEqual({ ...endpoint, secure: true });
  });
});

describe("the settings", () => {
  const errorOf = (services: unknown): string => {
    try {
      parseSettings({ environment: "dev", cloud: "existing", services });
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    return "no error";
  };

  it.each([
    [{ database: { ...database, host: "DB" } }, 'services.database.host is "DB"; it must be a host name or an IPv4'],
    [{ database: { ...database, tls: { mode: "off" } } }, "no error"],
    [
      { database: { ...database, tls: { mode: "verify", exceptKatib: true } } },
      "services.database.tls.ca is missing; it must be the server's authority in PEM, as mode is verify",
    ],
    [
      { database: { ...database, tls: { mode: "encrypt" } } },
      "services.database.tls.exceptKatib is missing; it must be true, which lets Katib connect in plain text, as Katib 0.16 cannot use TLS; or leave katib out of services.database.users",
    ],
    [
      { objectStore: { ...objectStore, region: undefined } },
      "services.objectStore.region is missing; it must be the bucket's region, as provider is s3",
    ],
    [
      { objectStore: { ...objectStore, endpoint: "x" } },
      'services.objectStore.endpoint is "x"; it must be left out, as provider is s3',
    ],
    [
      { objectStore: { ...objectStore, provider: "other" } },
      "services.objectStore.endpoint is missing; it must be a host, as provider is other",
    ],
    [{ database: { ...database, password: "" } }, "services.database.password (value not shown) is wrong"],
    [{ objectStore: { ...objectStore, secretKey: 7 } }, "services.objectStore.secretKey (value not shown) is wrong"],
  ])("%j: %s", (services, message) => {
    expect(errorOf(services)).toContain(message);
  });
});
