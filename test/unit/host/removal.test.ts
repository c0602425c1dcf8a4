import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { removeInOrder } from "../../../rehearsal/host/removal.ts";
import type { ResourceState } from "../../../rehearsal/host/resources.ts";

function resource(urn: string, more: Partial<ResourceState> = {}): ResourceState {
  const bare = { type: "a:b:C", name: urn, custom: true, id: urn, inputs: {}, outputs: {} };
  return { urn, ...bare, dependencies: [], propertyDependencies: {}, options: {}, ...more };
}

async function orderOf(resources: readonly ResourceState[]): Promise<string[]> {
  const order: string[] = [];
  await removeInOrder(resources, async ({ urn }) => {
    await Promise.resolve();
    order.push(urn);
    return true;
  });
  return order;
}

describe("removal", () => {
  it("takes dependents, children and resources before what they need", async () => {
    const resources = [
      resource("stack"),
      resource("provider", { parent: "stack" }),
      resource("group", { parent: "stack" }),
      resource("first", { parent: "group", provider: "provider::id" }),
      resource("second", { parent: "group", provider: "provider::id", dependencies: ["first"] }),
    ];
    const order = await orderOf(resources);
    expect(order.slice(0, 2)).toEqual(["second", "first"]);
    expect(order.at(-1)).toBe("stack");
  });

  it("never takes anything before its dependents, whatever the graph", async () => {
    const graph = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 }).map((edges) =>
      edges.map((targets, index) =>
        resource(String(index), {
          dependencies: index === 0 ? [] : targets.map((target) => String(target % index)),
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(graph, async (resources) => {
        const order = await orderOf(resources);
        expect(order).toHaveLength(resources.length);
        for (const { urn, dependencies } of resources) {
          for (const needed of dependencies) expect(order.indexOf(urn)).toBeLessThan(order.indexOf(needed));
        }
      }),
    );
  });

  it("keeps what a resource needs that could not be removed, and removes the rest", async () => {
    const resources = [resource("a"), resource("b", { dependencies: ["a"] }), resource("c")];
    const stay = await removeInOrder(resources, ({ urn }) => Promise.resolve(urn !== "b"));
    expect(stay).toEqual(new Set(["a", "b"]));
  });
});
