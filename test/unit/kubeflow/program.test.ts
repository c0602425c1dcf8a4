import { beforeAll, describe, expect, it } from "vitest";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { type HostResult, mask, Secret } from "../../../rehearsal/host/index.ts";
import { runProgram } from "../../kit/program.ts";

const SECRET = "a-stack-secret-of-more-than-32-characters";
let result: HostResult;
const everything = () => result.resources.filter(({ type }) => type.startsWith("kubernetes:"));
const isOfProfile = ({ parent = "" }: { readonly parent?: string }) => parent.includes("kubeflow:tenancy:Profile::");
/** Of the platform, without its one profile. */
const objects = () => everything().filter((object) => !isOfProfile(object));
const gates = () => objects().filter(({ name }) => name.startsWith("kubeflow/kubeflow-install-wave-"));

beforeAll(async () => {
  result = await runProgram({ environment: "dev", cloud: "existing", secret: SECRET });
});

describe("the program", () => {
  it("registers every object of the release, and a gate after each wave", () => {
    expect(result.failures).toEqual([]);
    expect(objects().length).toBe(634);
    expect(everything().filter(isOfProfile).length).toBe(8);
    expect(gates().length).toBe(9);
  });

  it("registers each object under its own type, as a child of its part", () => {
    const parts = Object.values<{ type: string }>(releases["1.8.1"].parts).map(({ type }) => type);
    for (const { urn, type, parent = "" } of objects().filter((object) => !gates().includes(object))) {
      expect(type).toMatch(
        /^kubernetes:([a-z0-9.-]+\/)?[a-z0-9]+:[A-Z]\w+$|^kubernetes:[a-z0-9.-]+\/[a-z0-9]+:[A-Z]\w+$/,
      );
      const part = /kubeflow:kubeflow:Kubeflow\$kubeflow:kubeflow:(\w+)::/.exec(parent)?.[1];
      expect(parts, urn).toContain(part);
    }
  });

  it("gives an object one dependency, the gate before it, so that the state stays small", () => {
    const counts = objects()
      .filter((object) => !gates().includes(object))
      .map(({ dependencies }) => dependencies.length);
    expect(Math.max(...counts)).toBe(1);
    const all = result.resources.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
    expect(all).toBeLessThan(2 * objects().length);
  });

  it("registers less than 2 MB of inputs", () => {
    const bytes = objects().reduce((sum, { inputs }) => sum + JSON.stringify(mask(inputs)).length, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  it("makes a secret of everything that a Secret holds, and of the administrator's password", () => {
    const secrets = objects().filter(({ type }) => type === "kubernetes:core/v1:Secret");
    expect(secrets.length).toBe(13);
    for (const { urn, inputs } of secrets) {
      for (const field of ["data", "stringData"]) {
        if (inputs[field] !== undefined) expect(inputs[field], urn).toBeInstanceOf(Secret);
      }
    }
    expect(result.outputs["adminPassword"]).toBeInstanceOf(Secret);
    expect(JSON.stringify(mask(result.outputs))).not.toMatch(/[A-Za-z0-9]{32}/);
  });

  it("retries every object and bounds it by the deadline of the settings", () => {
    for (const { options } of objects()) {
      expect(options).toMatchObject({
        onError: [expect.stringMatching(/^kubeflow-retry-wave-[1-9]$/)],
        customTimeouts: { create: 1200, update: 1200 },
      });
    }
  });

  it("leaves to Istio and Knative what they write into their own webhooks", () => {
    const ignoring = objects().filter(({ options }) => options.ignoreChanges?.includes("webhooks"));
    expect(ignoring.length).toBe(9);
    expect(ignoring.every(({ type }) => type.endsWith("WebhookConfiguration"))).toBe(true);
  });

  it("has the engine leave what holds data when it is destroyed", () => {
    const retained = objects().filter(({ options }) => options.retainOnDelete === true);
    const isDefinition = ({ type }: { readonly type: string }) => type.endsWith(":CustomResourceDefinition");
    expect(retained.filter(isDefinition).map(({ name }) => name)).toContain("notebooks.kubeflow.org");
    const others = retained.filter((each) => !isDefinition(each));
    expect(others.map(({ name }) => name).toSorted()).toEqual([
      "istio-system",
      "istio-system/authservice-pvc",
      "kubeflow",
      "kubeflow/katib-mysql",
      "kubeflow/minio-pvc",
      "kubeflow/mysql-pv-claim",
    ]);
  });

  it("previews without a stack secret, but does not apply without one", async () => {
    const settings = { environment: "prod", cloud: "existing", secret: "" };
    expect(await runProgram(settings, { preview: true })).toMatchObject({ ok: true });
    const applied = await runProgram(settings);
    expect(applied.ok).toBe(false);
    expect(applied.failures[0]?.message).toMatch(/^secret is missing: .*\n {2}Next: pulumi config set --secret secret/);
  });
});
