import server from "@pulumi/policy/server.js";
import analyzerProto from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { packOf } from "../../../policies/engine/pack.ts";
import { policiesOf } from "../../../policies/engine/policies.ts";
import { resourceRule, type Rule } from "../../../policies/rule.ts";
import { memoryLimits } from "../../../policies/rules/k8s-memory-limits.ts";
import { rules } from "../../../policies/rules/index.ts";
import { ofKind } from "../../../policies/subjects.ts";
import { at } from "../../../policies/reading.ts";
import { UNKNOWN_TEXT } from "../../kit/policy.ts";

type Struct = Parameters<typeof struct.Struct.fromJavaScript>[0];

const SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

function pod(container: object, metadata: object = { name: "train" }): Struct {
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] } };
}

function request(properties: Struct): analyzerProto.AnalyzeRequest {
  const message = new analyzerProto.AnalyzeRequest();
  message.setType("kubernetes:core/v1:Pod");
  message.setUrn("urn:pulumi:dev::kubeflow::kubernetes:core/v1:Pod::train");
  message.setName("train");
  message.setOptions(new analyzerProto.AnalyzerResourceOptions());
  message.setProperties(struct.Struct.fromJavaScript(properties));
  return message;
}

type Call<Response> = (call: unknown, callback: (error: unknown, response: Response) => void) => unknown;
type Serve<Response> = (name: string, version: string, level: string, policies: object) => Call<Response>;

/** What the SDK serves a pack with, which its types leave out. */
const { makeAnalyzeRpcFun, makeRemediateRpcFun } = server as unknown as {
  readonly makeAnalyzeRpcFun: Serve<analyzerProto.AnalyzeResponse>;
  readonly makeRemediateRpcFun: Serve<analyzerProto.RemediateResponse>;
};

/** Asks as the engine does, by the very functions that serve it. */
function serving(policies: ReturnType<typeof policiesOf>) {
  const analyze = makeAnalyzeRpcFun("kubeflow", "0.1.0", "mandatory", policies);
  const remediate = makeRemediateRpcFun("kubeflow", "0.1.0", "mandatory", policies);
  const ask = <T>(
    call: (call: unknown, callback: (error: unknown, response: T) => void) => unknown,
    message: unknown,
  ) =>
    new Promise<T>((resolve, reject) => {
      void call({ request: message }, (error, response) =>
        error ? reject(error instanceof Error ? error : new Error(JSON.stringify(error))) : resolve(response),
      );
    });
  return {
    analyze: (properties: Struct) => ask<analyzerProto.AnalyzeResponse>(analyze, request(properties)),
    remediate: (properties: Struct) => ask<analyzerProto.RemediateResponse>(remediate, request(properties)),
  };
}

const diagnosticsOf = (response: analyzerProto.AnalyzeResponse) =>
  response.getDiagnosticsList().map((each) => [each.getPolicyname(), each.getEnforcementlevel(), each.getMessage()]);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the pack under the engine", () => {
  it("has every rule as a policy of its own, with its level, severity and schema", () => {
    const { policies } = packOf("").args;
    expect(policies).toHaveLength(rules.length);
    expect([...policies].map(({ name }) => name)).toEqual(rules.map(({ id }) => id));
    const limits = [...policies].find(({ name }) => name === memoryLimits.id);
    expect(limits).toMatchObject({ enforcementLevel: "mandatory", severity: "critical", url: memoryLimits.url });
    expect(Object.keys(limits?.configSchema?.properties ?? {})).toContain("checkLevels");
  });

  it("reports under the name of the rule, again and again", async () => {
    const { analyze } = serving(packOf("").args.policies);
    for (let round = 0; round < 3; round++) {
      const found = diagnosticsOf(await analyze(pod({ name: "main" }))).filter(([name]) => name === memoryLimits.id);
      expect(found).toEqual([
        [memoryLimits.id, 1, expect.stringContaining("container main of Pod train has no memory limit")],
      ]);
    }
  });

  it("reads a resource once however many rules there are, once they are configured", async () => {
    const many = Array.from({ length: 50 }, (_, index): Rule => ({ ...memoryLimits, id: `rule-${index}` }));
    const { analyze } = serving(policiesOf(many, []));
    const limited = pod({ name: "main", resources: { limits: { memory: "1Gi" } } });
    await analyze(limited);
    const read = vi.spyOn(struct.Struct.prototype, "toJavaScript");
    await analyze(limited);
    expect(read.mock.results.filter(({ value }) => (value as { kind?: string }).kind === "Pod")).toHaveLength(1);
  });

  it("does not take an unknown value for a good one, and does not let it hide a bad one", async () => {
    const { analyze } = serving(policiesOf([memoryLimits], []));
    const unknown = { name: "a", resources: { limits: UNKNOWN_TEXT } };
    const response = await analyze({ ...pod(unknown), spec: { containers: [unknown, { name: "b" }] } });
    expect(diagnosticsOf(response)).toEqual([
      [memoryLimits.id, 1, expect.stringContaining("resources.limits is not known before the update")],
      [memoryLimits.id, 1, expect.stringContaining("container b of Pod train has no memory limit")],
    ]);
  });

  it("lets an exempt finding through as advice", async () => {
    const exemptions = `exemptions:
  - { id: EX-01, policy: k8s-memory-limits, match: { kind: Pod, name: train }, stacks: [prod], owner: ml, expires: 2999-01-01,
      reason: It sizes itself by its node., upstream: { component: kubeflow, version: 1.8.1 } }`;
    const { analyze } = serving(packOf(exemptions).args.policies);
    const [first] = diagnosticsOf(await analyze(pod({ name: "main" }))).filter(([name]) => name === memoryLimits.id);
    expect(first).toEqual([memoryLimits.id, 0, expect.stringContaining("exempt until 2999-01-01 by ml (EX-01)")]);
  });

  it("remediates without revealing secrets or knowing what is unknown", async () => {
    const labelled = resourceRule({
      ...(memoryLimits as unknown as Parameters<typeof resourceRule>[0]),
      levels: { dev: "remediate", prod: "remediate", airgapped: "remediate" },
      subjects: ofKind("Pod"),
      checks: {
        limit: ({ value }) => (at(value, "spec", "hostUsers") === false ? undefined : { message: "", path: [] }),
      },
      remediate: () => [{ path: ["spec", "hostUsers"], value: false }],
    });
    const { remediate } = serving(policiesOf([labelled], []));
    const metadata = { name: { ...SIGNATURE, value: "hidden" }, namespace: UNKNOWN_TEXT };
    const [remediation] = (await remediate(pod({ name: "main" }, metadata))).getRemediationsList();
    expect(remediation?.getProperties()?.toJavaScript()).toEqual({
      ...pod({ name: "main" }, metadata),
      spec: { containers: [{ name: "main" }], hostUsers: false },
    });
  });
});
