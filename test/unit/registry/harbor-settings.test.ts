import { describe, expect, it } from "vitest";
import { hasAdministrator, requireAdministrator } from "../../../components/registry/harbor/administrator.ts";
import { harborOf, harborSettings, quotaOf } from "../../../components/registry/harbor/settings.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { ADMINISTRATOR, airGapWithHarbor, REGISTRY } from "../../kit/harbor.ts";
import { problemsIn } from "../../kit/settings-problems.ts";

const SECRET = "a-stack-secret-of-more-than-32-characters";
const dev = { environment: "dev", cloud: "existing", secret: SECRET };

const problemsOf = (airGap: object) => problemsIn({ ...dev, airGap });

describe("a project of Harbor", () => {
  it.each([
    ["harbor.example.com/kubeflow", "https://harbor.example.com", "kubeflow"],
    ["harbor.example.com:8443/ml/mirror/images", "https://harbor.example.com:8443", "ml"],
    ["harbor.example.com", "https://harbor.example.com", undefined],
  ])("is where the registry's name says: %s", (registry, url, project) =>
    expect(harborOf(registry)).toEqual({ url, project }),
  );

  it.each([
    [undefined, -1],
    ["500 GB", 466],
    ["1 MB", 1],
    ["2 TB", 1863],
  ])("with a quota of %s has %d gibibytes, never less than was asked for", (size, gibibytes) =>
    expect(quotaOf(size)).toBe(gibibytes),
  );

  it.each<[string, object, string]>([
    [
      "harbor.example.com",
      {},
      `airGap.registry is "harbor.example.com"; it must be the host of Harbor and a project's`,
    ],
    ["harbor.example.com/a__b", {}, 'airGap.registry is "harbor.example.com/a__b"; it must be the host of Harbor'],
    [
      "registry.digitalocean.com/site",
      {},
      "it must be left out: registry.digitalocean.com/site is a name of a registry",
    ],
    [REGISTRY, { quota: "0 GB" }, 'airGap.harbor.quota is "0 GB"; it must be a size such as 64 GB or 1.5 TB'],
    [
      REGISTRY,
      { preventVulnerable: "hihg" },
      'airGap.harbor.preventVulnerable is "hihg"; it must be one of low, medium, high, critical (did you mean high?)',
    ],
    [
      REGISTRY,
      { preventVulnerable: "high", scan: false },
      "airGap.harbor.scan is false; it must be true with airGap.harbor.preventVulnerable",
    ],
    [REGISTRY, { contentTrust: true }, "airGap.harbor.contentTrust is true; it must be one of cosign, notation"],
    [REGISTRY, { retention: { days: 0 } }, "airGap.harbor.retention.days is 0; it must be a number of days, from 1 on"],
    [
      REGISTRY,
      { retention: { days: 90 }, immutableTags: true },
      "airGap.harbor.immutableTags is true; it must be false with airGap.harbor.retention",
    ],
    [REGISTRY, { robotPrefix: "" }, `airGap.harbor.robotPrefix is ""; it must be Harbor's Robot Name Prefix`],
    [REGISTRY, { projct: "a" }, "airGap.harbor.projct is not a setting"],
  ])("in %s with %j is refused", (registry, harbor, problem) =>
    expect(problemsOf({ registry, harbor })).toContain(problem),
  );

  it("is the only registry that is made, and has an account of its own", () => {
    const airGap = airGapWithHarbor();
    expect(problemsOf({ ...airGap, pullSecret: ADMINISTRATOR })).toContain(
      "airGap.pullSecret (value not shown) is wrong; it must be left out: a robot account that may pull is made",
    );
    expect(problemsOf({ ...airGap, create: true })).toContain(
      "it must be left out: airGap.create or airGap.distribution makes another registry",
    );
  });

  it("never shows the administrator's password", () => {
    const told = problemsOf(
      airGapWithHarbor({ administrator: { username: "", password: "hunter2", more: "hunter3" } }),
    );
    expect(told).toContain("airGap.harbor.administrator.username (value not shown) is wrong");
    expect(told).not.toContain("hunter");
  });
});

describe("whoever makes it", () => {
  const settings = harborSettings.parse({});

  it.each<[NodeJS.ProcessEnv, boolean]>([
    [{}, false],
    [{ HARBOR_USERNAME: "admin" }, false],
    [{ HARBOR_USERNAME: "admin", HARBOR_PASSWORD: "" }, false],
    [{ HARBOR_USERNAME: "admin", HARBOR_PASSWORD: "x" }, true],
    [{ HARBOR_BEARER_TOKEN: "x" }, true],
  ])("is known by the environment %j: %s", (env, isKnown) => expect(hasAdministrator(settings, env)).toBe(isKnown));

  it("is known by the settings, or named before anything is made", () => {
    expect(hasAdministrator({ ...settings, administrator: ADMINISTRATOR }, {})).toBe(true);
    expect(() => requireAdministrator(settings, {})).toThrow(
      /no account is given that may\n {2}Next: export HARBOR_USER/,
    );
  });
});

describe("the robot account that pulls", () => {
  const accountOf = (more: Readonly<Record<string, unknown>>, settings: object = {}) =>
    parseSettings({ ...dev, ...settings, airGap: airGapWithHarbor(more) }).airGap?.pullSecret;

  it("is called as Harbor calls it, with the prefix that Harbor is set to", () => {
    expect(accountOf({})?.username).toBe("robot$kubeflow+pull");
    expect(accountOf({ robotPrefix: "bot#" })?.username).toBe("bot#kubeflow+pull");
  });

  it("has a password that Harbor takes, another one with each rotation and each stack secret", () => {
    const passwords = [
      accountOf({})?.password,
      accountOf({}, { rotation: { "registry/pull": 1 } })?.password,
      accountOf({}, { secret: `${SECRET}-of-another` })?.password,
    ];
    expect(new Set(passwords).size).toBe(3);
    expect(accountOf({}, { rotation: { "registry/push": 1 } })?.password).toBe(passwords[0]);
    for (const wanted of [/[a-z]/, /[A-Z]/, /[0-9]/, /^.{35}$/]) expect(passwords[0]).toMatch(wanted);
  });

  it("has a digit in its password also where none is derived", () => {
    // Found by trying: the 32 characters that are derived from it have none.
    const settings = { secret: "a-stack-secret-without-digits-78" };
    expect(accountOf({}, settings)?.password).toMatch(/^[A-Za-z]{34}1$/);
  });
});
