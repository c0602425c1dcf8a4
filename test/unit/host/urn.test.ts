import { describe, expect, it } from "vitest";
import { urnUnder } from "../../../rehearsal/host/urn.ts";

const urn = (type: string, name: string) => `urn:pulumi:stack::project::${type}::${name}`;

describe("the URN that a child had under its parent's former one", () => {
  it.each([
    ["has the former parent's type", urn("a:b:New$a:b:Thing", "t"), urn("a:b:Old$a:b:Thing", "t")],
    [
      "begins with the former parent's name if it began with it",
      urn("a:b:New$a:b:Thing", "new-t"),
      urn("a:b:Old$a:b:Thing", "old-t"),
    ],
  ])("%s", (_, child, former) => {
    expect(urnUnder(urn("a:b:Old", "old"), { child, parent: urn("a:b:New", "new") })).toBe(former);
  });

  it("lies in the stack and project of the former parent", () => {
    const former = "urn:pulumi:other::elsewhere::a:b:Old::old";
    const now = { child: urn("a:b:New$a:b:Thing", "t"), parent: urn("a:b:New", "new") };
    expect(urnUnder(former, now)).toBe("urn:pulumi:other::elsewhere::a:b:Old$a:b:Thing::t");
  });
});
