import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { MirrorError } from "../../components/mirror/errors.ts";
import { Registries } from "../../components/mirror/registry/index.ts";
import type { Rule } from "../kit/fault-proxy.ts";
import { FaultyRegistry, quick } from "../kit/faulty-registry.ts";
import { sha256 } from "../kit/images.ts";

let faulty: FaultyRegistry;
beforeAll(async () => {
  faulty = await FaultyRegistry.open();
});
afterEach(() => faulty.clear());
afterAll(() => faulty.close());

const refusing =
  (method: string, part: string, status: number, code: string): Rule =>
  (request) =>
    request.method === method && request.path.includes(part)
      ? { kind: "answer", status, body: JSON.stringify({ errors: [{ code, message: "no" }] }) }
      : undefined;

describe("a push ends with", () => {
  it.each<[code: string, exit: number, next: string, Rule]>([
    ["E_SPARSE", 6, "--platform all", refusing("PUT", "/manifests/", 400, "MANIFEST_BLOB_UNKNOWN")],
    ["E_AUTH", 5, "docker login", refusing("POST", "/uploads/", 403, "DENIED")],
    ["E_REFUSED", 6, "log of the registry", refusing("POST", "/uploads/", 405, "UNSUPPORTED")],
  ])("%s where a registry refuses for that reason", async (code, exit, next, rule) => {
    const { failures, images } = await faulty.pushed(rule, `refused-${code.toLowerCase()}`);
    expect(images).toEqual([]);
    const error = failures[0]?.error as MirrorError;
    expect(error).toBeInstanceOf(MirrorError);
    expect([error.code, error.exitCode]).toEqual([code, exit]);
    expect(error.message).toContain(": no)");
    expect(error.next).toContain(next);
  });
});

describe("what refers to an image", () => {
  it("is asked for by the API where a registry has it, and by the tag that stands in for it where not", async () => {
    const subject = sha256("subject");
    const referrer = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: sha256("referrer"), size: 7 };
    const body = JSON.stringify({ schemaVersion: 2, manifests: [referrer] });
    const headers = { "content-type": "application/vnd.oci.image.index.v1+json" };
    const registries = new Registries(quick);
    const registry = registries.of(faulty.proxy.host);
    const answering = (part: string): Rule => {
      return ({ path }) => (path.includes(part) ? { kind: "answer", status: 200, headers, body } : undefined);
    };
    faulty.proxy.use(answering(`/referrers/${subject}`));
    expect(await registry.referrers("app", subject)).toEqual([referrer]);
    expect(faulty.proxy.seen.map(({ path }) => path)).not.toContain(`/v2/app/manifests/${subject.replace(":", "-")}`);
    faulty.proxy.use(answering(`/manifests/${subject.replace(":", "-")}`));
    expect(await registry.referrers("app", subject)).toEqual([referrer]);
    faulty.proxy.use(() => undefined);
    expect(await registry.referrers("app", subject)).toEqual([]);
    await registries.close();
  });
});
