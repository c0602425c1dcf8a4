import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonical,
  formatReference,
  isReference,
  parseReference,
} from "../../../../components/kubeflow/images/reference.ts";
import { digest, path, reference, tag } from "./arbitraries.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("a reference", () => {
  it.each([
    ["busybox", "docker.io/library/busybox"],
    ["busybox:1.28", "docker.io/library/busybox:1.28"],
    ["kserve/agent:v0.11.2", "docker.io/kserve/agent:v0.11.2"],
    ["docker.io/mysql", "docker.io/library/mysql"],
    ["index.docker.io/library/mysql:8", "docker.io/library/mysql:8"],
    ["localhost/app", "localhost/app"],
    ["registry:5000/app", "registry:5000/app"],
    ["registry/app", "docker.io/registry/app"],
    ["REGISTRY/app", "REGISTRY/app"],
    ["[::1]:5000/app:1", "[::1]:5000/app:1"],
    [`quay.io/a/b@${DIGEST}`, `quay.io/a/b@${DIGEST}`],
    [`quay.io/a/b:1@${DIGEST}`, `quay.io/a/b:1@${DIGEST}`],
  ])("%s is read as %s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    ["", "nothing"],
    ["Busybox", "capitals in a repository"],
    ["a//b", "an empty part"],
    ["a:b:c", "two tags"],
    ["a/b:", "an empty tag"],
    ["a@sha256:12", "a short digest"],
    ["https://quay.io/a", "a URL"],
    ["f".repeat(64), "an image ID"],
    ["a/b ", "a blank"],
    [`a:${"b".repeat(129)}`, "a long tag"],
    [`quay.io/${"a".repeat(250)}`, "a long name"],
    ["-a.io/b", "a host that is none"],
  ])("%j is refused: %s", (text) => {
    expect(isReference(text)).toBe(false);
    expect(() => parseReference(text)).toThrow("is not an image reference");
  });

  it("survives being written and read", () => {
    fc.assert(
      fc.property(reference, (one) => {
        expect(parseReference(formatReference(one))).toEqual(one);
      }),
    );
  });

  it("is written one way however it was written", () => {
    fc.assert(
      fc.property(reference, (one) => {
        expect(canonical(formatReference(one))).toBe(formatReference(one));
      }),
    );
  });

  it("of Docker Hub needs neither host nor library", () => {
    fc.assert(
      fc.property(path, fc.option(tag), fc.option(digest), (repository, label, hash) => {
        // Its first part would be a registry.
        fc.pre(!/^[^/]*\.[^/]*\//.test(repository) && !repository.startsWith("localhost/"));
        const rest = `${label === null ? "" : `:${label}`}${hash === null ? "" : `@${hash}`}`;
        const folder = repository.includes("/") ? "" : "library/";
        expect(canonical(`${repository}${rest}`)).toBe(`docker.io/${folder}${repository}${rest}`);
      }),
    );
  });
});
