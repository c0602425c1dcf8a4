import { describe, it } from "vitest";
import { Stage } from "../kit/contract.ts";

/** What the host does not do, each with the words in which it says so. */
const REFUSED: readonly { readonly feature: string; readonly program: string; readonly says: string }[] = [
  {
    feature: "transforms of a resource",
    program: `new Thing("t", {}, { provider, transforms: [() => undefined] });`,
    says: "does not support the option `transforms` (resource t, fake:index:Thing",
  },
  {
    feature: "transforms of the stack",
    program: `pulumi.runtime.registerResourceTransform(() => undefined); new Thing("t", {}, { provider });`,
    says: "does not support the call registerStackTransform",
  },
  {
    feature: "transforms of functions",
    program: `pulumi.runtime.registerInvokeTransform(() => undefined); new Thing("t", {}, { provider });`,
    says: "does not support the call registerStackInvokeTransform",
  },
  {
    feature: "hooks other than onError",
    program: `const hook = new pulumi.ResourceHook("before", () => undefined);
      new Thing("t", {}, { provider, hooks: { beforeCreate: [hook] } });`,
    says: "does not support resource hooks other than error hooks",
  },
  {
    feature: "StackReference",
    program: `new pulumi.StackReference("organization/other/dev");`,
    says: "does not support reading the existing resource organization/other/dev (pulumi:pulumi:StackReference)",
  },
  {
    feature: "reading a resource",
    program: `new Thing("t", {}, { provider, id: "existing" });`,
    says: "does not support reading the existing resource t (fake:index:Thing)",
  },
  {
    feature: "import",
    program: `new Thing("t", {}, { provider, import: "existing" });`,
    says: "does not support the option `import` (resource t",
  },
  {
    feature: "replaceOnChanges",
    program: `new Thing("t", {}, { provider, replaceOnChanges: ["size"] });`,
    says: "does not support the option `replaceOnChanges` (resource t",
  },
  {
    feature: "replaceWith",
    program: `const t = new Thing("t", {}, { provider }); new Thing("u", {}, { provider, replaceWith: [t] });`,
    says: "does not support the option `replaceWith` (resource u",
  },
  {
    feature: "replacementTrigger",
    program: `new Thing("t", {}, { provider, replacementTrigger: "1" });`,
    says: "does not support the option `replacementTrigger` (resource t",
  },
  {
    feature: "stateMigrations",
    program: `new Thing("t", {}, { provider, stateMigrations: [() => undefined] });`,
    says: "does not support the option `stateMigrations` (resource t",
  },
  {
    feature: "envVarMappings",
    program: `new FakeProvider("mapped", {}, { envVarMappings: { A: "B" } } as any);`,
    says: "does not support the option `envVarMappings` (resource mapped",
  },
  {
    feature: "default providers",
    program: `new Thing("t", {}, {});`,
    says: "has no default providers",
  },
  {
    feature: "packages without a provider here",
    program: `new (class extends pulumi.ProviderResource {})("other", "other", {});`,
    says: 'has no provider for the package "other" (it has: fake)',
  },
  {
    feature: "dynamic providers",
    program: `const create = async () => ({ id: "1", outs: {} });
      new (class extends pulumi.dynamic.Resource {})({ create }, "d", {});`,
    says: "has no default providers",
  },
  {
    feature: "functions that the provider does not have",
    program: `export const found = pulumi.runtime.invoke("fake:index:find", {}, { provider });`,
    says: "does not support the function fake:index:find",
  },
  {
    feature: "methods of resources",
    program: `const t = new Thing("t", {}, { provider }); export const found = pulumi.runtime.call("fake:index:Thing/do", {}, t);`,
    says: "does not support the call call",
  },
  {
    feature: "remote components",
    program: `new (class extends pulumi.ComponentResource { constructor() { super("fake:index:Remote", "r", {}, { provider } as any, true); } })();`,
    says: "does not support remote components (resource r",
  },
  {
    feature: "assets",
    program: `new Thing("t", { file: new pulumi.asset.StringAsset("text") }, { provider });`,
    says: "does not support assets",
  },
  {
    feature: "archives",
    program: `new Thing("t", { files: new pulumi.asset.AssetArchive({}) }, { provider });`,
    says: "does not support archives",
  },
  {
    feature: "a minimum version of the CLI",
    program: `await pulumi.requirePulumiVersion(">=3.0.0");`,
    says: "does not support the call requirePulumiVersion",
  },
];

describe("the host refuses by name", () => {
  it.concurrent.for(REFUSED)("$feature", async ({ program, says }, { expect }) => {
    await using stage = await Stage.open();
    const { ok, failures } = await stage.run(program);
    expect(failures.join("\n")).toContain(`the rehearsal host ${says}`);
    expect(ok).toBe(false);
  });
});
