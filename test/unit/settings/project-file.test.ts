import { readFile } from "node:fs/promises";
import { load } from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { schema } from "../../../components/settings/schema.ts";

interface Declaration {
  readonly type: string;
  readonly items?: Declaration;
  readonly description?: string;
}

describe("Pulumi.yaml", () => {
  let declared: Readonly<Record<string, Declaration>>;
  beforeAll(async () => {
    const text = await readFile(new URL("../../../Pulumi.yaml", import.meta.url), "utf8");
    declared = (load(text) as { config: typeof declared }).config;
  });

  it("describes every setting, and no other", () => {
    expect(Object.keys(declared).toSorted()).toEqual(Object.keys(schema.shape).toSorted());
    for (const { description } of Object.values(declared)) expect(description).toMatch(/\w/);
  });

  it("declares them as the CLI takes it, which refuses the whole project otherwise", () => {
    const isAccepted = ({ type, items }: Declaration): boolean =>
      ["string", "integer", "boolean", "object"].includes(type) ||
      (type === "array" && items !== undefined && isAccepted(items));
    expect(Object.entries(declared).filter(([, declaration]) => !isAccepted(declaration))).toEqual([]);
  });
});
