import { describe, expect, it } from "vitest";
import {
  entropyOf,
  isLiteralPassword,
  isNameOfPassword,
  passwordsIn,
} from "../../../policies/kubernetes/credentials.ts";
import { isSoForOne } from "../../../policies/kubernetes/decide.ts";
import { quantityOf } from "../../../policies/kubernetes/quantity.ts";
import { gives } from "../../../policies/kubernetes/rbac.ts";
import { removedIn } from "../../../policies/kubernetes/removed-apis.ts";
import { at, UNKNOWN, UnknownValue } from "../../../policies/reading.ts";

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
