import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatReference, parseReference } from "../../../../components/kubeflow/images/reference.ts";
import { inOrder, movingTo, pinning, replacing, rewriteText } from "../../../../components/kubeflow/images/rewrite.ts";
import { replacements181 } from "../../../../components/kubeflow/releases/1.8.1/replacements.ts";
import { digest, host, path, reference } from "./arbitraries.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("a private registry", () => {
  it.each([
    ["busybox", "registry.example.com/docker.io/library/busybox"],
    ["quay.io/a/b:1", "registry.example.com/quay.io/a/b:1"],
    ["localhost:5000/a", "registry.example.com/localhost-5000/a"],
    [`gcr.io/a/b@${DIGEST}`, `registry.example.com/gcr.io/a/b@${DIGEST}`],
    ["registry.example.com/quay.io/a/b:1", "registry.example.com/quay.io/a/b:1"],
  ])("takes %s as %s", (text, expected) => {
    expect(rewriteText(text, movingTo("registry.example.com"))).toBe(expected);
  });

  it("keeps tag and digest, leaves nothing outside, and moves nothing twice", () => {
    fc.assert(
      fc.property(reference, host, path, (one, registry, folder) => {
        const move = movingTo(`${registry}/${folder}`);
        const moved = move(one);
        expect(formatReference(moved).startsWith(`${registry}/`)).toBe(true);
        expect([moved.tag, moved.digest]).toEqual([one.tag, one.digest]);
        expect(parseReference(formatReference(moved))).toEqual(moved);
        expect(move(moved)).toEqual(moved);
      }),
    );
  });

  it("keeps different images apart", () => {
    fc.assert(
      fc.property(reference, reference, (one, other) => {
        const move = movingTo("registry.example.com/kubeflow");
        fc.pre(formatReference(one) !== formatReference(other));
        expect(formatReference(move(one))).not.toBe(formatReference(move(other)));
      }),
    );
  });

  it.each(["kubeflow", "https://registry.example.com", "registry.example.com/", ""])("is not %j", (registry) => {
    expect(() => movingTo(registry)).toThrow(RangeError);
  });
});

describe("a rewrite", () => {
  it("that changes nothing leaves the text as it was written", () => {
    fc.assert(
      fc.property(reference, (one) => {
        const text = formatReference(one).replace(/^docker\.io\//, "");
        fc.pre(formatReference(parseReference(text)) === formatReference(one));
        expect(rewriteText(text, (same) => same)).toBe(text);
      }),
    );
  });

  it("pins what its table knows", () => {
    fc.assert(
      fc.property(reference, reference, digest, (one, other, hash) => {
        fc.pre(formatReference(one) !== formatReference(other));
        const pin = pinning(new Map([[formatReference(one), hash]]));
        expect(pin(one)).toEqual({ ...one, digest: hash });
        expect(pin(other)).toBe(other);
      }),
    );
  });

  it("may follow another", () => {
    const rewrite = inOrder(replacing(replacements181), movingTo("registry.example.com"));
    expect(rewriteText("gcr.io/ml-pipeline/api-server:2.0.5", rewrite)).toBe(
      "registry.example.com/ghcr.io/kubeflow/kfp-api-server:2.4.1",
    );
  });
});

describe("the replacements of v1.8.1", () => {
  const replace = replacing(replacements181);

  it("lead to images that are not replaced themselves, each with its reason", () => {
    for (const { from, to, reason, evidence, date } of replacements181) {
      expect(replace(parseReference(from))).toEqual(parseReference(to));
      expect(replace(parseReference(to))).toEqual(parseReference(to));
      expect(reason).not.toBe("");
      expect(evidence.length, from).toBeGreaterThan(0);
      expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
    }
  });

  it("know each image once", () => {
    expect(new Set(replacements181.map(({ from }) => from)).size).toBe(replacements181.length);
  });

  it("give Pipelines and Argo each one version", () => {
    const versionsOf = (prefix: string) =>
      new Set(replacements181.filter(({ to }) => to.startsWith(prefix)).map(({ to }) => to.split(":")[1]));
    expect(versionsOf("quay.io/argoproj/")).toEqual(new Set(["v3.4.17"]));
    expect(versionsOf("ghcr.io/kubeflow/kfp-")).toEqual(new Set(["2.4.1", undefined]));
  });
});
