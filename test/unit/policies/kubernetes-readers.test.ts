import { describe, expect, it } from "vitest";
import {
  entropyOf,
  isLiteralPassword,
  isNameOfPassword,
  passwordsIn,
} from "../../../policies/kubernetes/credentials.ts";
import { isSoForOne } from "../../../policies/kubernetes/decide.ts";
import { imagesInTexts } from "../../../policies/kubernetes/images.ts";
import { quantityOf } from "../../../policies/kubernetes/quantity.ts";
import { gives } from "../../../policies/kubernetes/rbac.ts";
import { removedIn } from "../../../policies/kubernetes/removed-apis.ts";
import { at, UNKNOWN, UnknownValue } from "../../../policies/reading.ts";
import { viewOf } from "../../../policies/view.ts";

describe("a rule of a role", () => {
  const exec = { group: "", resources: ["pods/exec"], verbs: ["create"] };
  const rule = (
    resources: readonly unknown[],
    verbs: readonly unknown[] = ["create"],
    apiGroups: readonly unknown[] = [""],
  ) => ({
    apiGroups,
    resources,
    verbs,
  });

  it.each([
    ["names it", rule(["pods", "pods/exec"])],
    ["has everything", rule(["*"], ["*"], ["*"])],
    ["has that of everything", rule(["*/exec"])],
  ])("gives a subresource where it %s", (_, given) => {
    expect(gives(given, exec)).toBe(true);
  });

  it.each([
    ["is about pods only", rule(["pods"])],
    ["is written in a way that RBAC does not know", rule(["pods/*"])],
    ["is of another group", rule(["pods/exec"], ["create"], ["apps"])],
    ["has other verbs", rule(["pods/exec"], ["get"])],
    ["is empty", {}],
  ])("does not where it %s", (_, given) => {
    expect(gives(given, exec)).toBe(false);
  });

  it("cannot be told where what decides is unknown", () => {
    expect(() => gives(rule(["pods/exec"], [UNKNOWN]), exec)).toThrow(UnknownValue);
    expect(gives(rule(["secrets"], [UNKNOWN]), exec)).toBe(false);
  });
});

describe("a question about several", () => {
  const isTrue = (value: unknown) => at(value) === true;

  it("is answered by one that says yes, whatever is unknown of others", () => {
    expect(isSoForOne([UNKNOWN, true], isTrue)).toBe(true);
    expect(isSoForOne([false], isTrue)).toBe(false);
    expect(() => isSoForOne([false, UNKNOWN], isTrue)).toThrow(UnknownValue);
  });
});

it.each([
  ["500m", 0.5],
  ["1Gi", 2 ** 30],
  ["1.5G", 1.5e9],
  ["1e3", 1000],
  [".5", 0.5],
  [2, 2],
  ["1 Gi", undefined],
  ["", undefined],
  ["Gi", undefined],
  [null, undefined],
  [Number.NaN, undefined],
])("the quantity %s is %s", (text, number) => {
  expect(quantityOf(text)).toBe(number);
});

describe("a password", () => {
  it.each(["MYSQL_ROOT_PASSWORD", "clientSecret", "--api-key", "token", "db.password", "secret-key", "PASS"])(
    "has a name such as %s",
    (name) => expect(isNameOfPassword(name)).toBe(true),
  );

  it.each(["secretName", "passwordHash", "compass", "tokenReview", "DISABLE_TOKEN_CHECK", "publicKey", ""])(
    "has none such as %s",
    (name) => expect(isNameOfPassword(name)).toBe(false),
  );

  it.each([
    "$(PASSWORD)",
    "${PASSWORD}",
    "{{ .Values.password }}",
    "<password>",
    "/run/secrets/password",
    "true",
    "8080",
    "",
  ])("is not written as %s", (text) => expect(isLiteralPassword(text)).toBe(false));

  it("is found in a document wherever it stands", () => {
    const document = {
      clients: [{ id: "a", secret: "opensesame" }],
      token: "$TOKEN",
      names: { secretName: "opensesame" },
    };
    expect(passwordsIn(document)).toEqual([["clients", 0, "secret"]]);
  });

  it("is random where its characters are", () => {
    expect(entropyOf("aaaaaaaa")).toBe(0);
    expect(entropyOf("abcdefgh")).toBe(3);
  });
});

it("knows what is gone by its kind: others of the same version may be newer", () => {
  expect(removedIn("networking.k8s.io/v1beta1", "Ingress")).toBe(22);
  expect(removedIn("networking.k8s.io/v1beta1", "IPAddress")).toBeUndefined();
  expect(removedIn("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema")).toBe(32);
  expect(removedIn("networking.k8s.io/v1", "Ingress")).toBeUndefined();
});

describe("an image in a text", () => {
  const mentioned = (data: Readonly<Record<string, string>>) => {
    const properties = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, data };
    return imagesInTexts(viewOf({ type: "kubernetes:core/v1:ConfigMap", name: "x", urn: "urn", properties })).map(
      ({ value }) => value,
    );
  };

  it.each([
    ["after a name that says so", { config: '{"image": "acme/trainer"}' }, ["acme/trainer"]],
    ["under a key that says so", { "sidecar-image": "sidecar" }, ["sidecar"]],
    ["of a public registry", { "sync.py": "pull('gcr.io/a/b:1').run()" }, ["gcr.io/a/b:1"]],
  ])("is seen %s", (_, data, images) => expect(mentioned(data)).toEqual(images));

  it.each([
    ["a name alone, to which a program puts the registry", { values: '{"hub": "h", "image": "proxyv2"}' }],
    ["a key below", { "spawner.yaml": "image:\n  value: a\n" }],
    ["code", { "sync.py": 'image=f"{name}"' }],
    ["a comment", { config: "# image: acme/trainer:1" }],
  ])("is not %s", (_, data) => expect(mentioned(data)).toEqual([]));
});
