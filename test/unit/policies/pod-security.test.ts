import { expect, it } from "vitest";
import {
  bearers,
  breachesOf,
  checksOf,
  NEWEST_VERSION,
  OLDEST_VERSION,
  podSecurityChecks,
} from "../../../policies/kubernetes/pod-security/index.ts";
import { UnknownValue } from "../../../policies/reading.ts";
import { viewOf } from "../../../policies/view.ts";
import { UNKNOWN_TEXT } from "../../kit/policy.ts";
import { type PodSecurityCase, podSecurityCases } from "./pod-security-cases.ts";

const versions = Array.from({ length: NEWEST_VERSION - OLDEST_VERSION + 1 }, (_, index) => OLDEST_VERSION + index);

function bearersOf(pod: PodSecurityCase["pod"]) {
  const properties = { apiVersion: "v1", kind: "Pod", ...pod };
  return bearers(viewOf({ type: "kubernetes:core/v1:Pod", name: "pod", urn: "urn", properties }));
}

it.each(podSecurityCases.map((each) => [`${each.check}: ${each.name}`, each] as const))("%s", (_, each) => {
  const [from, to] = each.forbidden ?? [Infinity, -Infinity];
  const bearersOfPod = bearersOf(each.pod);
  const isForbidden = (version: number) =>
    bearersOfPod.some((bearer) => breachesOf(each.check, bearer, version).length > 0);
  expect(versions.filter(isForbidden)).toEqual(versions.filter((version) => version >= from && version <= to));
});

it("has cases that are allowed and cases that are forbidden for every check", () => {
  for (const { id } of podSecurityChecks) {
    const verdicts = podSecurityCases
      .filter(({ check }) => check === id)
      .map(({ forbidden }) => forbidden !== undefined);
    expect(new Set(verdicts), id).toEqual(new Set([true, false]));
  }
});

it.each([
  ["baseline", 31, 11],
  ["baseline", 34, 12],
  ["restricted", 31, 14],
  ["restricted", 34, 15],
  ["restricted", 35, 15],
] as const)("%s of v1.%i has %i checks", (level, version, count) => {
  expect(checksOf(level, version)).toHaveLength(count);
});

it("cannot tell what is unknown, and says so for that container alone", () => {
  const privileged = { name: "b", securityContext: { privileged: true } };
  const [, unknown, known] = bearersOf({
    spec: { containers: [{ name: "a", securityContext: { privileged: UNKNOWN_TEXT } }, privileged] },
  });
  expect(() => unknown && breachesOf("privileged", unknown, 31)).toThrow(UnknownValue);
  expect(known && breachesOf("privileged", known, 31)).toHaveLength(1);
});
