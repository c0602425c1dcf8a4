import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { guardsFor } from "../../../components/tenancy/guards/index.ts";
import { profilesSettings, tenancySettings } from "../../../components/tenancy/settings.ts";
import { GUARD_OPTIONS } from "../../kit/tenancy/guard-cases/index.ts";
import { threats, threatsOfViewers } from "../../kit/tenancy/threats/index.ts";

let page: string;
beforeAll(async () => {
  page = await readFile(new URL("../../../docs/tenancy.md", import.meta.url), "utf8");
});

/** Whether a row of a table begins so. */
const hasRow = (beginning: string) => new RegExp(`^\\| ${beginning}`, "m").test(page);

describe("docs/tenancy.md", () => {
  it("lists every threat that is tried", () => {
    for (const { what } of [...threats, ...threatsOfViewers]) expect(hasRow(what), what).toBe(true);
  });

  it("lists every guard", () => {
    for (const { name } of guardsFor(GUARD_OPTIONS)) expect(hasRow(`.*\`${name}\``), name).toBe(true);
  });

  it("describes every setting", () => {
    const ofProfile = Object.keys(profilesSettings.unwrap().element.shape);
    for (const name of [...ofProfile, ...Object.keys(tenancySettings.shape)])
      expect(hasRow(`\`${name}\``), name).toBe(true);
  });
});
