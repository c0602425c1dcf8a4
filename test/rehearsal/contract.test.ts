import { describe, expect, it } from "vitest";
import { Secret, UNKNOWN } from "../../rehearsal/host/index.ts";
import { type Seen, Stage } from "../kit/contract.ts";

/*
 * The contract of the rehearsal host: for each feature of Pulumi that it supports, a small program and what an engine
 * must see of it by the SDK's documentation. Compared by hand with Pulumi CLI 3.274.1, which does the same.
 */
const THING = "fake:index:Thing";
const GROUP = "fake:index:Group";
const urn = (type: string, name: string) => `urn:pulumi:stack::project::${type}::${name}`;
const PROVIDER: unknown = expect.stringMatching(
  /^urn:pulumi:stack::project::pulumi:providers:fake::fake::[0-9a-f-]{36}$/,
);
const OTHER: unknown = expect.stringContaining("::other::");
const PASSWORD = new Secret("hunter2-password");

interface Row {
  readonly feature: string;
  /** Runs before, on the same state. */
  readonly before?: string;
  readonly program: string;
  readonly preview?: true;
  readonly sees: { readonly [Field in keyof Seen]?: unknown };
}

const SUPPORTED: readonly Row[] = [
  {
    feature: "a custom resource is created by its provider, and its outputs come back",
    program: `const { urn, id, serial } = new Thing("t", { size: 1 }, { provider }); export { urn, id, serial };`,
    sees: {
      calls: ["create t"],
      outputs: { urn: urn(THING, "t"), id: "t", serial: "S-t" },
      resources: { t: { custom: true, provider: PROVIDER, inputs: { size: 1 }, outputs: { serial: "S-t" } } },
    },
  },
  {
    feature: "a component is registered by no provider, and has the outputs that it registers",
    program: `new Group("g", {}, { outputs: { size: 2, password: config.requireSecret("password") } });`,
    sees: {
      calls: [],
      resources: { g: { custom: false, id: "", type: GROUP, outputs: { size: 2, password: PASSWORD } } },
    },
  },
  {
    feature: "parent: the URN of the parent, and its type in the child's; the stack where none is given",
    program: `const g = new Group("g", { provider }); const t = new Thing("t", {}, { parent: g });
      new Thing("u", {}, { parent: t }); new Thing("v", {}, { provider });`,
    sees: {
      resources: {
        t: { urn: urn(`${GROUP}$${THING}`, "t"), parent: urn(GROUP, "g") },
        u: { urn: urn(`${GROUP}$${THING}$${THING}`, "u"), parent: urn(`${GROUP}$${THING}`, "t") },
        v: { urn: urn(THING, "v"), parent: urn("pulumi:pulumi:Stack", "project-stack") },
      },
    },
  },
  {
    feature: "dependsOn: created after it; a component stands for its children",
    program: `const g = new Group("g", { provider }); new Thing("c", {}, { parent: g });
      const t = new Thing("t", {}, { provider }); new Thing("u", {}, { provider, dependsOn: [g, t] });`,
    sees: {
      resources: { u: { dependencies: [urn(`${GROUP}$${THING}`, "c"), urn(THING, "t")] } },
    },
  },
  {
    feature: "an output as input: a dependency, by property",
    program: `const t = new Thing("t", {}, { provider }); new Thing("u", { of: t.serial, size: 1 }, { provider });`,
    sees: {
      calls: ["create t", "create u"],
      resources: {
        u: {
          inputs: { of: "S-t", size: 1 },
          dependencies: [urn(THING, "t")],
          propertyDependencies: { of: [urn(THING, "t")] },
        },
      },
    },
  },
  {
    feature: "provider: from the parent, unless the resource has one of its own",
    program: `const g = new Group("g", { provider }); const other = new FakeProvider("other", { region: "b" });
      new Thing("t", {}, { parent: g }); new Thing("u", {}, { parent: g, provider: other });
      new Thing("v", {}, { parent: new Group("h", { providers: { fake: other } }) });`,
    sees: {
      resources: {
        t: { provider: PROVIDER },
        u: { provider: OTHER },
        v: { provider: OTHER },
        other: { type: "pulumi:providers:fake", inputs: { region: "b" } },
      },
    },
  },
  {
    feature: "secrets: a secret input stays one, in the state, the outputs and what is made of it",
    program: `const password = config.requireSecret("password");
      const t = new Thing("t", { password, inside: { list: [pulumi.secret(1)] } }, { provider });
      export const made = pulumi.interpolate\`pw=\${password}\`;
      export const back = t.urn.apply(() => pulumi.isSecret((t as any).password));`,
    sees: {
      resources: {
        t: { inputs: { password: PASSWORD, inside: { list: [new Secret(1)] } }, outputs: { password: PASSWORD } },
      },
      outputs: { made: new Secret("pw=hunter2-password") },
    },
  },
  {
    feature: "additionalSecretOutputs: secret in the state and in the program",
    program: `export const serial = new Thing("t", {}, { provider, additionalSecretOutputs: ["serial"] }).serial;`,
    sees: { resources: { t: { outputs: { serial: new Secret("S-t") } } }, outputs: { serial: new Secret("S-t") } },
  },
  {
    feature: "protect: not deleted, and the children neither unless they say so",
    before: `const g = new Group("g", { provider, protect: true });
      new Thing("t", {}, { parent: g }); new Thing("u", {}, { parent: g, protect: false });`,
    program: ``,
    sees: {
      ok: false,
      calls: ["delete u"],
      failures: expect.arrayContaining(["it is protected: take the `protect` option away first"]),
    },
  },
  {
    feature: "retainOnDelete: out of the state but left in place, and the children too unless they say otherwise",
    before: `const g = new Group("g", { provider, retainOnDelete: true });
      new Thing("t", {}, { parent: g }); new Thing("u", {}, { parent: g, retainOnDelete: false });`,
    program: ``,
    sees: { ok: true, calls: ["delete u"], resources: { t: { operation: "delete" } } },
  },
  {
    feature: "deletedWith: goes with another without being deleted, and the children too",
    before: `const host = new Thing("host", {}, { provider });
      const g = new Group("g", { provider, deletedWith: host } as pulumi.ComponentResourceOptions);
      new Thing("t", {}, { parent: g });`,
    program: ``,
    sees: { ok: true, calls: ["delete host"], resources: { t: { operation: "delete" } } },
  },
  {
    feature: "deletion: dependents first, children before parents",
    before: `const t = new Thing("t", {}, { provider }); const u = new Thing("u", {}, { parent: t });
      new Thing("v", { of: u.serial }, { provider }); new Thing("w", {}, { provider, dependsOn: [] });`,
    program: `new Thing("w", {}, { provider });`,
    sees: { ok: true, calls: ["delete v", "delete u", "delete t"], resources: { w: { operation: "same" } } },
  },
  {
    feature: "aliases by name, type, parent and URN: the same resource, not another",
    before: `const g = new Group("g", { provider });
      new Thing("a1", {}, { provider }); new Thing("b1", {}, { parent: g }); new Thing("c1", {}, { provider });`,
    program: `const g = new Group("g", { provider });
      new Thing("a2", {}, { provider, aliases: [{ name: "a1" }] });
      new Thing("b1", {}, { provider, aliases: [{ parent: g }] });
      new Thing("c2", {}, { provider, aliases: [${JSON.stringify(urn(THING, "c1"))}] });`,
    sees: {
      ok: true,
      calls: [],
      resources: { a2: { operation: "same" }, b1: { operation: "same" }, c2: { operation: "same" } },
    },
  },
  {
    feature: "aliases of a parent: they hold for its children",
    before: `const g = new Group("old", { provider }, { type: "fake:index:Old" });
      new Thing("old-t", {}, { parent: g }); new Thing("u", {}, { parent: g });
      new Thing("v", {}, { parent: new Group("inner", { parent: g }) });`,
    program: `const g = new Group("new", { provider, aliases: [{ name: "old", type: "fake:index:Old" }] });
      new Thing("new-t", {}, { parent: g }); new Thing("w", {}, { parent: g, aliases: [{ name: "u" }] });
      new Thing("v", {}, { parent: new Group("inner", { parent: g }) });`,
    sees: {
      ok: true,
      calls: [],
      resources: { "new-t": { operation: "same" }, w: { operation: "same" }, v: { operation: "same" } },
    },
  },
  {
    feature: "ignoreChanges: a path keeps what it had; what else changes is changed",
    before: `new Thing("t", { size: 1, deep: { a: 1, b: 1 }, name: "x" }, { provider });`,
    program: `new Thing("t", { size: 2, deep: { a: 2, b: 2 }, name: "y" }, { provider, ignoreChanges: ["size", "deep.a"] });`,
    sees: { calls: ["update t"], resources: { t: { inputs: { size: 1, deep: { a: 1, b: 2 }, name: "y" } } } },
  },
  {
    feature: "customTimeouts: in seconds, and not for the children",
    program: `const g = new Group("g", { provider, customTimeouts: { create: "9m" } } as pulumi.ComponentResourceOptions);
      new Thing("t", {}, { parent: g, customTimeouts: { create: "5m", delete: "1h30m" } }); new Thing("u", {}, { parent: g });`,
    sees: {
      resources: { t: { options: { customTimeouts: { create: 300, delete: 5400 } } }, u: { options: {} } },
    },
  },
  {
    feature: "hooks.onError: asked with what was tried and every error, newest first, until it is content",
    program: `const hook = new pulumi.ErrorHook("again", ({ urn, id, name, type, failedOperation, newInputs, errors }) => {
        console.log(JSON.stringify([urn, id ?? "", name, type, failedOperation, newInputs, errors]));
        return errors.length < 5;
      });
      new Thing("t", { behave: "failTwice" }, { provider, hooks: { onError: [hook] } });`,
    sees: {
      ok: true,
      calls: ["create t", "create t", "create t"],
      log: [["not yet 0"], ["not yet 1", "not yet 0"]].map(
        (errors) =>
          `info: ${JSON.stringify([urn(THING, "t"), "", "t", THING, "create", { behave: "failTwice" }, errors])}`,
      ),
    },
  },
  {
    feature: "hooks.onError that gives up: the resource fails, and the run with it",
    program: `const hook = new pulumi.ErrorHook("never", () => false);
      new Thing("t", { behave: "failTwice" }, { provider, hooks: { onError: [hook] } });`,
    sees: { ok: false, calls: ["create t"], failures: ["not yet 0"] },
  },
  {
    feature: "preview: what only an update can know is unknown, and nothing is applied",
    preview: true,
    program: `const t = new Thing("t", {}, { provider }); new Thing("u", { of: t.serial, in: [t.id] }, { provider });
      t.serial.apply(() => console.log("applied")); export const dry = pulumi.runtime.isDryRun(); export const { serial } = t;`,
    sees: {
      calls: [],
      log: [],
      resources: { u: { inputs: { of: UNKNOWN, in: [UNKNOWN] } } },
      outputs: { dry: true, serial: UNKNOWN },
    },
  },
  {
    feature: "preview of a change: what is known from the last update stays known",
    before: `new Thing("t", { size: 1 }, { provider });`,
    preview: true,
    program: `const t = new Thing("t", { size: 1 }, { provider }); export const { serial } = t; new Thing("u", { of: serial }, { provider });`,
    sees: {
      calls: [],
      outputs: { serial: "S-t" },
      resources: { t: { operation: "same" }, u: { operation: "create", inputs: { of: "S-t" } } },
    },
  },
  {
    feature: "stack outputs: nested, of promises and outputs, secrets marked",
    program: `const t = new Thing("t", {}, { provider });
      export const nested = { list: [t.serial, Promise.resolve(2)], password: config.requireSecret("password") };`,
    sees: { outputs: { nested: { list: ["S-t", 2], password: PASSWORD } } },
  },
  {
    feature: "configuration and names of the stack",
    program: `export const found = [config.require("plain"), pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization()];`,
    sees: { outputs: { found: ["in clear", "project", "stack", "organization"] } },
  },
  {
    feature: "a resource as an input: its id, and a dependency",
    program: `const t = new Thing("t", {}, { provider }); const u = new Thing("u", { of: t }, { provider });
      export const of = (u as any).of;`,
    sees: { outputs: { of: "t" }, resources: { u: { dependencies: [urn(THING, "t")] } } },
  },
  {
    feature: "messages of the program, with their severity",
    program: `pulumi.log.info("one"); pulumi.log.warn("two"); console.error("three"); pulumi.log.debug("four");`,
    sees: { log: expect.toSatisfy((log: string[]) => isSame(log, ["info: one", "warning: two", "warning: three"])) },
  },
  {
    feature: "an error that is logged is told, and the run goes on",
    program: `pulumi.log.error("it cannot be"); new Thing("t", {}, { provider });`,
    sees: { ok: true, log: ["error: it cannot be"], calls: ["create t"] },
  },
  {
    feature: "a program that fails: nothing that it left out is deleted",
    before: `new Thing("t", {}, { provider });`,
    program: `throw new pulumi.RunError("not today");`,
    sees: { ok: false, calls: [], failures: [expect.stringContaining("not today")] },
  },
];

describe("the host sees", () => {
  it.concurrent.for(SUPPORTED)("$feature", async ({ before, program, preview, sees }, { expect }) => {
    await using stage = await Stage.open();
    if (before !== undefined) expect((await stage.run(before)).failures).toEqual([]);
    expect(await stage.run(program, preview === undefined ? {} : { preview })).toMatchObject({
      ...("ok" in sees ? {} : { failures: [] }),
      ...sees,
    });
  });
});

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(left.toSorted()) === JSON.stringify(right.toSorted());
}
