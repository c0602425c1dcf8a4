import { afterAll, beforeAll, expect, it } from "vitest";
import { withProfiles } from "../../components/tenancy/reach/plan.ts";
import { AccessServer, SPECIAL, VERBS } from "../kit/access-server.ts";
import { plannedRelease } from "../kit/release.ts";
import { threeTeams } from "../kit/tenancy/tenants.ts";

let server: AccessServer;

beforeAll(async () => {
  const platform = (await plannedRelease()).waves.flat();
  server = await AccessServer.start("reach-three", withProfiles(platform, await threeTeams()));
});
afterAll(() => server.stop());

/** People and pods of profiles, every verb on every resource that a role names, everywhere. */
function* everyQuestion() {
  const attempts = [...server.resources().flatMap((it) => VERBS.map((verb) => ({ ...it, verb }))), ...SPECIAL];
  for (const { subject } of server.rows.filter(({ kind }) => kind !== "platform")) {
    for (const attempt of attempts) {
      yield [subject, attempt] as const;
      for (const namespace of server.namespaces) yield [subject, { ...attempt, namespace }] as const;
    }
  }
}

it("the API server and the matrix agree on every subject, verb, resource and namespace of three teams", async () => {
  await server.aggregated();
  const { disagreements, asked, allowed } = await server.compare(everyQuestion());
  expect(disagreements).toEqual([]);
  expect(asked).toBeGreaterThan(500_000);
  expect(allowed).toBeGreaterThan(10_000);
});
