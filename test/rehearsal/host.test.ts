import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  destroy,
  memoryState,
  run,
  Secret,
  UNKNOWN,
  type HostEvent,
  type RunOptions,
  type StateStore,
} from "../../rehearsal/host/index.ts";
import { urnName } from "../../rehearsal/host/urn.ts";
import { FakeProvider } from "../fixtures/fake-provider.ts";

const PROGRAM = path.join(import.meta.dirname, "../fixtures/programs/things");
const PASSWORD = "hunter2-password";

interface Thing {
  readonly name: string;
  readonly props?: object;
  readonly dependsOn?: readonly string[];
  readonly deletedWith?: string;
  readonly options?: object;
}

let provider: FakeProvider;
let state: StateStore;
let events: HostEvent[];
beforeEach(() => {
  provider = new FakeProvider();
  state = memoryState();
  events = [];
});

const common = () => ({
  project: "project",
  stack: "stack",
  providers: new Map([["fake", () => provider]]),
  state,
  onEvent: (event: HostEvent) => void events.push(event),
});

function apply(things: readonly Thing[], options: Partial<RunOptions> & { retry?: string; fail?: string } = {}) {
  const { retry, fail, ...rest } = options;
  const plain = { things: JSON.stringify(things), ...(retry && { retry }), ...(fail && { fail }) };
  const config = new Map(
    Object.entries(plain).map(([key, value]) => [`project:${key}`, { value: String(value), secret: false }]),
  );
  config.set("project:password", { value: PASSWORD, secret: true });
  return run({ ...common(), program: PROGRAM, config, ...rest });
}

const told = (type: HostEvent["type"]) => events.filter((event) => event.type === type);
const two: readonly Thing[] = [
  { name: "first", props: { size: 1, password: true } },
  { name: "second", dependsOn: ["first"] },
];

describe("an update", () => {
  it("creates in order, and gives outputs and secrets back to the program", async () => {
    const result = await apply(two);
    expect(result).toMatchObject({
      ok: true,
      failures: [],
      outputs: { serials: ["S-first", "S-second"], password: new Secret(PASSWORD) },
      objects: { created: 2, changed: 0, unchanged: 0, deleted: 0 },
    });
    expect(provider.calls).toEqual(["create first", "create second"]);
    expect(provider.configurations).toEqual([{ token: new Secret(PASSWORD) }]);
    expect(provider.things.get("first")?.["password"]).toEqual(new Secret(PASSWORD));
    expect(result.resources.map(({ type, name }) => [type, name])).toEqual([
      ["pulumi:pulumi:Stack", "project-stack"],
      ["pulumi:providers:fake", "fake"],
      ["fake:index:Group", "group"],
      ["fake:index:Thing", "first"],
      ["fake:index:Thing", "second"],
    ]);
    expect(result.resources.at(-1)).toMatchObject({
      urn: "urn:pulumi:stack::project::fake:index:Group$fake:index:Thing::second",
      dependencies: ["urn:pulumi:stack::project::fake:index:Group$fake:index:Thing::first"],
      options: { onError: ["again"] },
      operation: "create",
    });
    expect(result.resources[2]?.outputs).toEqual({ size: 2 });
  });

  it("changes nothing the second time", async () => {
    await apply(two);
    const result = await apply(two);
    expect(result).toMatchObject({ ok: true, objects: { created: 0, changed: 0, unchanged: 2 } });
    expect(result.outputs).toMatchObject({ serials: ["S-first", "S-second"] });
    expect(provider.calls).toHaveLength(2);
  });

  it("updates what has changed and deletes what is gone", async () => {
    await apply(two);
    const result = await apply([{ name: "first", props: { size: 2, password: true } }]);
    expect(result).toMatchObject({ ok: true, objects: { changed: 1, deleted: 1 } });
    expect(provider.calls.slice(2)).toEqual(["update first", "delete second"]);
    await expect(state.load()).resolves.toHaveProperty("resources.length", 4);
  });

  it("leaves ignored changes alone", async () => {
    await apply(two);
    const options = { ignoreChanges: ["size"] };
    const result = await apply([{ name: "first", props: { size: 9, password: true }, options }, ...two.slice(1)]);
    expect(result).toMatchObject({ ok: true, objects: { unchanged: 2 } });
  });

  it("finds a renamed resource by its alias", async () => {
    await apply([{ name: "old" }]);
    const result = await apply([{ name: "new", options: { aliases: [{ name: "old" }] } }]);
    expect(result).toMatchObject({ ok: true, objects: { created: 0, unchanged: 1, deleted: 0 } });
  });

  it("does not delete what is protected, retained or deleted with another", async () => {
    await apply([
      { name: "host" },
      { name: "guest", deletedWith: "host" },
      { name: "kept", options: { retainOnDelete: true } },
      { name: "guarded", options: { protect: true } },
    ]);
    const result = await apply([]);
    expect(result.ok).toBe(false);
    expect(result.failures.map(({ urn, message }) => [urnName(urn), message])).toEqual([
      ["guarded", "it is protected: take the `protect` option away first"],
    ]);
    expect(provider.calls.filter((call) => call.startsWith("delete"))).toEqual(["delete host"]);
    expect([...provider.things.keys()].toSorted()).toEqual(["guarded", "guest", "kept"]);
  });
});

describe("a preview", () => {
  it("applies nothing and keeps no state; what is not known yet is unknown", async () => {
    const result = await apply(two, { preview: true });
    expect(result).toMatchObject({ ok: true, outputs: { serials: UNKNOWN, password: new Secret(PASSWORD) } });
    expect(result.resources.at(-1)).toMatchObject({ name: "second", operation: "create" });
    expect(provider.calls).toEqual([]);
    await expect(state.load()).resolves.toEqual({ resources: [] });
  });

  it("tells what an update would change and delete", async () => {
    await apply(two);
    const result = await apply([{ name: "first", props: { size: 2 } }], { preview: true });
    const operations = Object.fromEntries(result.resources.map(({ name, operation }) => [name, operation]));
    expect(operations).toEqual({
      "project-stack": "same",
      fake: "same",
      group: "same",
      first: "update",
      second: "delete",
    });
    expect(provider.calls).toHaveLength(2);
  });
});

describe("a resource that fails", () => {
  it("is tried again while a hook wants it", async () => {
    const result = await apply([{ name: "first", props: { behave: "failTwice" } }], { retry: "not yet" });
    expect(result).toMatchObject({ ok: true, retried: 1, objects: { created: 1 } });
    expect(told("retrying").map(({ message }) => message)).toEqual(["1 of 100: not yet 0", "2 of 100: not yet 1"]);
  });

  it("ends the run when no hook does, without showing secrets", async () => {
    const result = await apply([{ name: "first", props: { behave: "fail", password: true } }], { retry: "not yet" });
    expect(result).toMatchObject({ ok: false, interrupted: false, retried: 0 });
    expect(result.failures.map(({ message }) => message)).toEqual(["cannot make first with [secret]"]);
    expect(JSON.stringify([result.failures, events])).not.toContain(PASSWORD);
  });

  it("keeps what others have done, and the next run goes on from there", async () => {
    const things = [...two, { name: "third", props: { behave: "fail" }, dependsOn: ["second"] }];
    await apply(things);
    const result = await apply(two);
    expect(result).toMatchObject({ ok: true, objects: { unchanged: 2 } });
  });

  it("that exists but is not ready is in the state, and is updated by the next run", async () => {
    const first = await apply([{ name: "first", props: { behave: "unready" } }]);
    expect(first.failures.map(({ message }) => message)).toEqual(["first did not become ready"]);
    await apply([{ name: "first", props: {} }]);
    expect(provider.calls).toEqual(["create first", "update first"]);
  });

  it("interrupts those that wait, which are no failures of their own", async () => {
    const result = await apply([
      { name: "waits", props: { behave: "hang" } },
      { name: "breaks", props: { behave: "fail" }, options: { customTimeouts: { create: "5m" } } },
    ]);
    expect(result.failures.map(({ urn }) => urnName(urn))).toEqual(["breaks"]);
    expect(told("waiting").map(({ message }) => message)).toEqual(["waiting for waits"]);
  });

  it.each([
    [{ name: "first", props: { bad: true } }, "bad: must not be true"],
    [{ name: "first", options: { replaceOnChanges: ["x"] } }, "does not support the option `replaceOnChanges`"],
    [{ name: "first", options: { import: "id" } }, "does not support the option `import`"],
    [{ name: "first", options: { ignoreChanges: ["a[b"] } }, undefined],
  ])("%j says why", async (thing, message) => {
    const result = await apply([thing]);
    expect(result.failures.map((failure) => failure.message).join()).toContain(message ?? "");
    expect(result.ok).toBe(message === undefined);
  });

  it("cannot have the URN of another", async () => {
    const result = await apply([{ name: "twin" }, { name: "twin" }]);
    expect(result.failures.map(({ message }) => message).join()).toContain("two resources have the URN");
  });

  it("that would have to be replaced is refused with the property", async () => {
    await apply([{ name: "first", props: { kind: "a" } }]);
    const result = await apply([{ name: "first", props: { kind: "b" } }]);
    expect(result.failures.map(({ message }) => message)).toEqual([
      "kind cannot change in place: the real engine replaces; the rehearsal host does not",
    ]);
  });
});

describe("a program", () => {
  it("that throws makes the run fail with its words, without secrets, and nothing is deleted", async () => {
    await apply(two);
    const result = await apply([], { fail: "nobody knows why", env: { EXTRA: PASSWORD } });
    expect(result.ok).toBe(false);
    expect(result.failures.map(({ message }) => message).join()).toContain("nobody knows why [secret]");
    expect(provider.things.size).toBe(2);
  });

  it("without Pulumi is refused", async () => {
    await expect(apply([], { program: "/nowhere" })).rejects.toThrow("has no @pulumi/pulumi to run with");
  });

  it("whose package has no provider is told which there are", async () => {
    const result = await apply([], { providers: new Map([["other", () => provider]]) });
    expect(result.failures.map(({ message }) => message).join()).toContain(
      'no provider for the package "fake" (it has: other)',
    );
  });

  it("is stopped by an interrupt, and the state is written", async () => {
    const abort = new AbortController();
    const onEvent = (event: HostEvent) => {
      if (event.type === "waiting") abort.abort(new Error("interrupted by the user"));
    };
    const things = [{ name: "first" }, { name: "waits", dependsOn: ["first"], props: { behave: "hang" } }];
    const result = await apply(things, { signal: abort.signal, onEvent });
    expect(result).toMatchObject({ ok: false, interrupted: true, failures: [] });
    const { resources } = await state.load();
    expect(resources.map(({ name }) => name)).toEqual(["project-stack", "fake", "group", "first"]);
  });
});

describe("destroy", () => {
  it("deletes everything, dependents first, with the provider of the state", async () => {
    await apply(two);
    provider = new FakeProvider();
    const result = await destroy(common());
    expect(result).toMatchObject({ ok: true, objects: { deleted: 2 } });
    expect(provider.calls).toEqual(["delete second", "delete first"]);
    expect(provider.configurations).toEqual([{ token: new Secret(PASSWORD) }]);
    await expect(state.load()).resolves.toEqual({ resources: [] });
  });
});
