import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { at, textAt } from "../../../components/kit/objects.ts";
import { type HostResult, mask, memoryState, Secret } from "../../../rehearsal/host/index.ts";
import { reveal } from "../../../rehearsal/host/values.ts";
import { ADMINISTRATOR, airGapWithHarbor, simulatedHarbor } from "../../kit/harbor.ts";
import { idleProvider, runProgram } from "../../kit/program.ts";

const SECRET = "a-stack-secret-of-more-than-32-characters";
const OPTIONAL = ["knative-serving", "kserve", "models-web-app", "pipelines", "katib", "training-operator"];
const HARBOR = "kubeflow:registry:Harbor";

const providers = new Map([
  ["kubernetes", idleProvider],
  ["harbor", simulatedHarbor],
]);

function settingsWith(airGap: object): Readonly<Record<string, string>> {
  const components = JSON.stringify(Object.fromEntries(OPTIONAL.map((name) => [name, false])));
  return { environment: "prod", cloud: "existing", secret: SECRET, components, airGap: JSON.stringify(airGap) };
}

let first: HostResult;
let second: HostResult;

beforeAll(async () => {
  const settings = settingsWith(airGapWithHarbor({ pushRobot: true, quota: "500 GB" }));
  const state = memoryState();
  first = await runProgram(settings, { providers, state });
  second = await runProgram(settings, { providers, state });
});

const below = ({ resources }: HostResult) => resources.filter(({ parent = "" }) => parent.includes(`${HARBOR}::`));
const named = (name: string, type: string) =>
  below(first).find((one) => one.name === name && one.type.endsWith(`:${type}`));

/** What a robot is registered with, which has to be a Pulumi secret. */
function secretOf(robot: string): string {
  const secret = named(robot, "RobotAccount")?.inputs["secret"];
  if (!(secret instanceof Secret) || typeof secret.value !== "string") throw new Error(`${robot} shows its secret`);
  return secret.value;
}

describe("a program with a project of Harbor", () => {
  it("registers project, rule and robots below one component, each through the provider of that Harbor", () => {
    expect(first.failures).toEqual([]);
    const provider = first.resources.find(({ type }) => type === "pulumi:providers:harbor");
    expect(mask(provider?.inputs ?? {})).toMatchObject({
      url: "https://harbor.example.com",
      username: "admin",
      password: "[secret]",
      // The plugin would trust any certificate by itself.
      insecure: "false",
    });
    expect(below(first).map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)).toEqual(
      expect.arrayContaining([
        "Project registry",
        "ImmutableTagRule registry",
        "RobotAccount registry-pull",
        "RobotAccount registry-push",
      ]),
    );
    expect(new Set(below(first).map((one) => one.provider))).toEqual(new Set([`${provider?.urn}::${provider?.id}`]));
  });

  it("makes a project that only robots get into, and in prod protects it", () => {
    const project = named("registry", "Project");
    expect(project?.inputs).toEqual({
      name: "kubeflow",
      public: false,
      storageQuota: 466,
      vulnerabilityScanning: true,
      enableContentTrust: false,
      enableContentTrustCosign: false,
      forceDestroy: false,
    });
    expect(project?.options.protect).toBe(true);
  });

  it("lets one robot pull and nothing else, and the other one push", () => {
    const actionsOf = (name: string) =>
      JSON.stringify(at(named(name, "RobotAccount")?.inputs, "permissions", 0, "accesses"));
    expect(actionsOf("registry-pull")).toBe('[{"resource":"repository","action":"pull"}]');
    expect(actionsOf("registry-push")).toContain('"push"');
  });

  it("gives the cluster what the robot signs in with", () => {
    const auth = Buffer.from(`robot$kubeflow+pull:${secretOf("registry-pull")}`).toString("base64");
    const secrets = first.resources.filter(({ name }) => name.endsWith("/registry-accounts"));
    expect(secrets.length).toBeGreaterThan(3);
    for (const { inputs } of secrets) expect(JSON.stringify(reveal(inputs, null))).toContain(auth);
  });

  it("shows no secret, in no resource and no output", () => {
    const [pull, push] = [secretOf("registry-pull"), secretOf("registry-push")];
    const shown = JSON.stringify([
      first.resources.map(({ inputs, outputs }) => mask({ inputs, outputs })),
      mask(first.outputs),
    ]);
    for (const text of [pull, push, ADMINISTRATOR.password]) {
      expect(text.length).toBeGreaterThan(20);
      expect(shown).not.toContain(text);
      expect(shown).not.toContain(Buffer.from(text).toString("base64").slice(0, 24));
    }
    expect(reveal(first.outputs["registryPush"] ?? null, null)).toBe(`robot$kubeflow+push:${push}`);
  });

  it("changes nothing when it runs again", () => {
    expect(second.failures).toEqual([]);
    expect(new Set(below(second).map(({ operation }) => operation))).toEqual(new Set(["same"]));
  });
});

describe("a program whose Harbor", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("names robots otherwise ends with the setting that helps", async () => {
    const { failures } = await runProgram(settingsWith(airGapWithHarbor({ robotPrefix: "bot#" })), { providers });
    expect(failures.map(({ message }) => message).join("\n")).toContain(
      "airGap.harbor.robotPrefix: Harbor has named its robot account robot$kubeflow+pull, not bot#kubeflow+pull\n  Next: pulumi config set --path airGap.harbor.robotPrefix 'robot$'",
    );
  });

  it("nobody is named for registers nothing at all", async () => {
    for (const name of ["HARBOR_USERNAME", "HARBOR_BEARER_TOKEN", "HARBOR_SESSION_ID"]) vi.stubEnv(name, "");
    const settings = settingsWith({ ...airGapWithHarbor(), harbor: {} });
    const { failures, resources } = await runProgram(settings, { providers });
    expect(failures.map(({ message }) => message).join()).toContain("no account is given that may");
    expect(resources.filter(({ type }) => type !== "pulumi:pulumi:Stack")).toEqual([]);
  });

  it("is to throw away what is old has a policy for that in place of tags that never move", async () => {
    const airGap = airGapWithHarbor({ retention: { days: 90 }, immutableTags: false });
    const { failures, resources } = await runProgram(settingsWith(airGap), { providers, preview: true });
    expect(failures).toEqual([]);
    expect(resources.some(({ type }) => type.endsWith("ImmutableTagRule"))).toBe(false);
    const policy = resources.find(({ type }) => type.endsWith("RetentionPolicy"));
    expect(textAt(policy?.inputs, "schedule")).toBe("Daily");
    expect(policy?.inputs["rules"]).toMatchObject([{ nDaysSinceLastPull: 90 }, { nDaysSinceLastPush: 90 }]);
  });
});
