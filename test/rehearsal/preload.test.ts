import { describe, expect, it } from "vitest";
import type { ResourceRecord } from "../../rehearsal/host/index.ts";
import { Stage } from "../kit/contract.ts";
import { runProgram } from "../kit/program.ts";

/** Values of every kind that a program can register. */
const VALUES = `
const t = new Thing("t", {
  nothing: null, yes: true, no: false, zero: 0, negative: -1.5, large: 2 ** 53, small: 1e-9,
  empty: "", text: "äöü 漢字 \\u{1f600} \\n \\" \\\\", long: "x".repeat(70_000),
  none: [], mixed: [1, "two", [null, { three: 3 }], undefined], map: {}, deep: { a: { b: { c: [{}] } } }, left: undefined,
  password: config.requireSecret("password"), half: { open: 1, closed: pulumi.secret({ list: ["hidden"] }) },
}, { provider, additionalSecretOutputs: ["serial"] });
const g = new Group("g", { provider }, { outputs: { t, serial: t.serial, id: t.id, many: Array.from({ length: 300 }, (_, i) => i) } });
new Thing("u", { of: t.serial, resource: t, component: g, joined: pulumi.interpolate\`\${t.serial}-\${t.id}\` }, { parent: g });
export const outputs = { serial: t.serial, all: pulumi.output(t), text: (t as any).text, deep: (t as any).deep };
`;

/** By URN, without the ids of providers, which are random. */
function comparable(resources: readonly ResourceRecord[]): Map<string, unknown> {
  const strip = ({ provider = "", id, ...rest }: ResourceRecord) => ({
    ...rest,
    provider: provider.slice(0, provider.lastIndexOf("::")),
    ...(rest.type.startsWith("pulumi:providers:") ? {} : { id }),
  });
  return new Map(resources.map((resource) => [resource.urn, strip(resource)]));
}

describe("the preloaded SDK", () => {
  it.each([false, true])("registers the same values as the SDK alone (preview: %s)", async (preview) => {
    await using fast = await Stage.open();
    await using plain = await Stage.open();
    const seen = await fast.run(VALUES, { preview });
    expect(seen.failures).toEqual([]);
    const alone = await plain.run(VALUES, { preview, accelerated: false });
    expect(comparable(seen.records)).toEqual(comparable(alone.records));
    expect(seen.outputs).toEqual(alone.outputs);
  });

  it("registers the platform as the SDK alone does", async () => {
    const settings = { environment: "prod", cloud: "existing", secret: "a-stack-secret-of-more-than-32-characters" };
    const fast = await runProgram(settings);
    expect(fast.failures).toEqual([]);
    const plain = await runProgram(settings, { accelerated: false });
    expect(plain.resources.length).toBeGreaterThan(600);
    expect(comparable(fast.resources)).toEqual(comparable(plain.resources));
    expect(fast.outputs).toEqual(plain.outputs);
  });
});
