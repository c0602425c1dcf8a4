import bcrypt from "bcryptjs";
import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, listAt, objectId, textAt } from "../../../components/kit/objects.ts";
import { holdersOf, withCredentials } from "../../../components/kubeflow/credentials/apply.ts";
import { credentialsFrom } from "../../../components/kubeflow/credentials/derive.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { realRelease } from "../../kit/release.ts";

const credentials = credentialsFrom("0123456789abcdef0123456789abcdef");
const { credentials: places } = releases["1.8.1"];
let source: KubernetesObject[];
let result: KubernetesObject[];

beforeAll(async () => {
  source = (await realRelease()).map(({ object }) => object);
  result = source.map((object) => withCredentials(object, credentials, places));
});

/** The values that everybody can read in the manifests, and their base64. */
const PUBLIC = [
  "minio123",
  "pUBnBOY80SnXgjibTYM9ZWNzY2xreNGQok",
  "$2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72",
  "dGVzdA==",
];
const forms = PUBLIC.flatMap((value) => [value, Buffer.from(value).toString("base64")]);
const found = (objects: readonly KubernetesObject[]) =>
  forms.filter((form) => JSON.stringify(objects).includes(JSON.stringify(form).slice(1, -1)));

describe("credentials", () => {
  it("leave none of the public values", () => {
    expect(found(source).length).toBeGreaterThanOrEqual(PUBLIC.length);
    expect(found(result)).toEqual([]);
  });

  it("know an object of the release for each of them", () => {
    const ids = source.map(objectId);
    expect(holdersOf(places).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("leave no database that lets anybody in", () => {
    expect(JSON.stringify(result)).not.toContain("MYSQL_ALLOW_EMPTY_PASSWORD");
    const mysql = result.find((object) => objectId(object) === "Deployment.apps kubeflow/mysql");
    const variables = listAt(mysql, "spec", "template", "spec", "containers", 0, "env");
    expect(variables).toContainEqual({
      name: "MYSQL_ROOT_PASSWORD",
      valueFrom: { secretKeyRef: { name: "mysql-secret", key: "password" } },
    });
  });

  it("give Dex a hash of the administrator's password, through its environment", () => {
    const dex = result.find((object) => objectId(object) === "ConfigMap auth/dex");
    const config = load(textAt(dex, "data", "config.yaml") ?? "");
    const variable = textAt(config, "staticPasswords", 0, "hashFromEnv") ?? "";
    const secret = result.find((object) => objectId(object) === "Secret auth/dex-oidc-client");
    expect(bcrypt.compareSync(credentials.adminPassword, textAt(secret, "stringData", variable) ?? "")).toBe(true);
    expect(JSON.stringify(result)).not.toContain(credentials.adminPassword);
  });

  it("give both sides of the sign-on the same secret", () => {
    const valueOf = (id: string, key: string) =>
      textAt(
        result.find((object) => objectId(object) === id),
        "stringData",
        key,
      );
    const ofDex = valueOf("Secret auth/dex-oidc-client", "OIDC_CLIENT_SECRET");
    expect(ofDex).toBe(credentials.oidcClientSecret);
    expect(valueOf("Secret istio-system/oidc-authservice-client", "CLIENT_SECRET")).toBe(ofDex);
  });

  it("are the same each time and others for another secret", () => {
    expect(credentialsFrom("0123456789abcdef0123456789abcdef")).toEqual(credentials);
    const others = credentialsFrom("fedcba9876543210fedcba9876543210");
    for (const [key, value] of Object.entries(credentials)) expect(others).not.toHaveProperty(key, value);
  });
});
