import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { textAt } from "../../../components/kit/objects.ts";
import { quantityOf } from "../../../components/kit/quantities.ts";
import { releases } from "../../../components/kubeflow/releases/index.ts";
import { proveQuotas, type Shortage, shortagesOf, type Started } from "../../../components/tenancy/proof/index.ts";
import type { Tenant } from "../../../components/tenancy/tenants.ts";
import { plannedRelease } from "../../kit/release.ts";
import { settingsOf, startedIn } from "../../kit/tenancy/tenants.ts";

let started: Readonly<Record<"dev" | "prod", Started>>;
beforeAll(async () => {
  started = { dev: await startedIn("dev"), prod: await startedIn("prod") };
});

function tenant(quota: object, limits: object = {}): Tenant {
  const { tenants } = settingsOf({ profiles: [{ name: "search", owner: "ada@example.com", quota, limits }] });
  return tenants.find(({ name }) => name === "search") as Tenant;
}

/** A setting as its least is written: `8.7 GB`, `1.22`. */
function asSetting({ setting, least }: Shortage): [string, string | number] {
  return [setting.replace(/^[a-z]+\./, ""), least.endsWith("B") ? least : Number(least)];
}

describe("the proof", () => {
  it("refuses quotas that would stop the platform, with the least that works and what takes it", () => {
    expect(() => proveQuotas([tenant({ memory: "8 GB", pods: 2 })], started.dev)).toThrow(
      [
        "quotas that would stop the platform itself:",
        "  profile search: quota.memory is 8 GB; it must be 8.7 GB or more for what the platform starts there: ml-pipeline-ui-artifact 2 x 0.66 GB, ml-pipeline-visualizationserver 2 x 1.21 GB, pipeline-driver 1.54 GB, pipeline-step 2 GB, notebook 1.43 GB",
        "  profile search: quota.pods is 2; it must be 7 or more for what the platform starts there: ml-pipeline-ui-artifact 2 x 1, ml-pipeline-visualizationserver 2 x 1, pipeline-driver 1, pipeline-step 1, notebook 1",
        "  Next: raise them in the stack file (Pulumi.<stack>.yaml); docs/tenancy.md says what counts",
      ].join("\n"),
    );
  });

  it("gives a least that works, in every environment and with every default limit, and nothing below it does", () => {
    const size = fc
      .integer({ min: 1, max: 40 })
      .map((tenths) => `${tenths / 10} GB`)
      .filter((text) => !text.startsWith("0."));
    fc.assert(
      fc.property(fc.constantFrom("dev" as const, "prod" as const), size, (environment, memory) => {
        const everything = { cpu: 0.01, memory, pods: 1, storage: "1 GB" };
        const short = shortagesOf(tenant(everything, { memory }), started[environment]);
        expect(short.length).toBeGreaterThan(2);
        const least = Object.fromEntries(short.map(asSetting));
        expect(shortagesOf(tenant({ ...everything, ...least }, { memory }), started[environment])).toEqual([]);
        for (const [setting, value] of Object.entries(least)) {
          const less =
            typeof value === "number"
              ? value - (Number.isInteger(value) ? 1 : 0.001)
              : `${(parseFloat(value) - 0.011).toFixed(3)} GB`;
          const found = shortagesOf(
            tenant({ ...everything, ...least, [setting]: less }, { memory }),
            started[environment],
          );
          expect(found.map((one) => one.setting)).toEqual([`quota.${setting}`]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("asks for no notebook where none may be started, and for no volume", () => {
    const few = { cpu: 0.7, pods: 6, notebooks: 0 };
    expect(shortagesOf(tenant(few), started.dev)).toEqual([]);
    expect(shortagesOf(tenant({ ...few, notebooks: 1 }), started.dev).map(({ setting }) => setting)).toEqual([
      "quota.cpu",
      "quota.pods",
    ]);
    expect(shortagesOf(tenant({ volumes: 0, storage: "1 GB" }), started.dev)).toEqual([]);
  });

  it("holds the largest container against the most that one may have", () => {
    expect(shortagesOf(tenant({}, { maxMemory: "1 GB" }), started.dev)).toMatchObject([
      { setting: "limits.maxMemory", least: "1.29 GB", takes: "a container of notebook 1.29 GB" },
    ]);
    expect(shortagesOf(tenant({}, { maxMemory: "1.29 GB" }), started.dev)).toEqual([]);
  });

  it("knows the sizes of the servers as the release writes them", async () => {
    const planned = (await plannedRelease()).waves.flat();
    const script = planned.map((object) => textAt(object, "data", "sync.py")).find((text) => text !== undefined) ?? "";
    for (const { name, containers } of releases["1.8.1"].profilePods.filter(({ hasSidecar }) => hasSidecar)) {
      const own = script.slice(script.indexOf(`"app": "${name}"`));
      const [, written = ""] = /"resources": (\{.*?\n {36}\})/s.exec(own) ?? [];
      expect(JSON.parse(written.replace(/,(\s*\})/g, "$1")), name).toEqual(containers[0]?.resources);
    }
  });

  it("reads off the form what a notebook takes", () => {
    const notebook = started.dev.pods.find(({ name }) => name === "notebook");
    expect(notebook?.containers[0]?.resources?.requests?.["cpu"]).toBe("500m");
    expect(quantityOf(notebook?.containers[0]?.resources?.limits?.["memory"] ?? "")).toBeCloseTo(1.2 * 2 ** 30, -1);
    expect(notebook?.claims).toEqual(["5Gi"]);
  });
});
