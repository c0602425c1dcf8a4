import { describe, expect, it } from "vitest";
import { UserError } from "../../../components/kit/errors.ts";
import { PRIVATE_RANGES } from "../../../components/kubeflow/network/blocks.ts";
import { namespaces181 } from "../../../components/kubeflow/releases/1.8.1/namespaces.ts";
import { bindingName } from "../../../components/tenancy/objects/members.ts";
import { manyProfiles } from "../../kit/many-profiles.ts";
import { plannedRelease } from "../../kit/release.ts";
import { settingsOf, threeTeams } from "../../kit/tenancy/tenants.ts";

type Config = Readonly<Record<string, unknown>>;

const PEOPLE = { users: { ada: "ada@example.com", ben: "ben@example.com" }, teams: { vision: ["ada", "ben"] } };
const POOLS = { gpuPools: [{ name: "a100", count: 1, cpu: 8, memory: "64 GB", disk: "1 TB", gpus: 8 }] };
const with1 = (profile: Config, more: Config = {}): Config => ({
  ...PEOPLE,
  profiles: [{ name: "search", owner: "ada", ...profile }],
  ...more,
});

function problemsOf(config: Config): string[] {
  try {
    settingsOf(config);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message
      .split("\n")
      .slice(1, -1)
      .map((line) => line.trim());
  }
}

describe("settings of people and profiles are refused with path, value and what is allowed:", () => {
  const NAME = "lower-case letters, digits and dashes, beginning with a letter, 63 characters at most";
  const PERSON = "an e-mail address or a name of `users`";

  it.each<[string, Config, ...string[]]>([
    [
      "two profiles of a name",
      { ...PEOPLE, profiles: ["search", "search"].map((name) => ({ name, owner: "ada" })) },
      'profiles[1].name is "search"; it must be a name that no other profile has',
    ],
    ["a name that is none", with1({ name: "Search_1" }), `profiles[0].name is "Search_1"; it must be ${NAME}`],
    [
      "a name of the platform",
      with1({ name: "kubeflow" }),
      'profiles[0].name is "kubeflow"; it must be another name: the platform has it',
    ],
    [
      "a name of Kubernetes",
      with1({ name: "kube-ml" }),
      'profiles[0].name is "kube-ml"; it must be another name: Kubernetes has it',
    ],
    [
      "an owner who is nobody",
      with1({ owner: "adda" }),
      `profiles[0].owner is "adda"; it must be ${PERSON} (did you mean ada?)`,
    ],
    [
      "an owner without an address",
      with1({ owner: "carol" }, { users: {}, teams: {} }),
      `profiles[0].owner is "carol"; it must be ${PERSON}`,
    ],
    [
      "a team as owner",
      with1({ owner: "vision" }),
      'profiles[0].owner is "vision"; it must be one person: vision is a team',
    ],
    ["no owner", { profiles: [{ name: "search" }] }, `profiles[0].owner is missing; it must be ${PERSON}`],
    [
      "an unknown member",
      with1({ members: { edit: ["visoin"] } }),
      'profiles[0].members.edit[0] is "visoin"; it must be an e-mail address, or a name of `users` or `teams` (did you mean vision?)',
    ],
    [
      "a member twice",
      with1({ members: { edit: ["ben"], view: ["ben"] } }),
      'profiles[0].members.view[0] is "ben"; it must be named once: it has a role in this profile already',
    ],
    [
      "a role that is none",
      with1({ members: { editor: ["ben"] } }),
      "profiles[0].members.editor is not a setting (did you mean edit?); known: admin, edit, view",
    ],
    [
      "members whose bindings have one name",
      with1({ members: { edit: ["a.b@example.com", "a-b@example.com"] } }),
      'profiles[0].members is {"edit":["a.b@example.com","a-b@example.com"]}; it must be of people whose addresses differ in letters or digits: a-b@example.com and a.b@example.com do not',
    ],
    ["a user without an address", { users: { ada: "ada" } }, 'users.ada is "ada"; it must be an e-mail address'],
    [
      "two users with one address",
      { users: { ada: "a@example.com", ben: "A@example.com" } },
      'users.ben is "A@example.com"; it must be an address of its own: ada has it already',
    ],
    [
      "a team called like a user",
      { ...PEOPLE, teams: { ada: [] } },
      "teams.ada is []; it must be of another name: `users` has this one",
    ],
    [
      "a team in a team",
      { ...PEOPLE, teams: { vision: ["ada"], all: ["vision"] } },
      'teams.all[0] is "vision"; it must be a person: vision is a team',
    ],
    [
      "a stranger in a team",
      { ...PEOPLE, teams: { vision: ["bem"] } },
      `teams.vision[0] is "bem"; it must be ${PERSON} (did you mean ben?)`,
    ],
    [
      "a size without a unit",
      with1({ quota: { memory: 64 } }),
      "profiles[0].quota.memory is 64; it must be a size such as 64 GB or 1.5 TB",
    ],
    [
      "an unknown quota",
      with1({ quota: { gpu: 1 } }),
      "profiles[0].quota.gpu is not a setting (did you mean cpu?); known: cpu, memory, gpus, storage, storageClasses, pods, volumes, notebooks, models",
    ],
    [
      "GPUs that the cluster has not",
      with1({ quota: { gpus: { "nvidia.com/gpu": 1 } } }),
      'profiles[0].quota.gpus is {"nvidia.com/gpu":1}; it must be left out: the cluster has no GPU pool',
    ],
    [
      "a pool that the cluster has not",
      with1({ gpuPools: ["a10"] }, { cluster: POOLS }),
      'profiles[0].gpuPools[0] is "a10"; it must be a name of `cluster.gpuPools` (did you mean a100?)',
    ],
    [
      "GPUs in no pool",
      with1({ gpuPools: [], quota: { gpus: { "nvidia.com/gpu": 1 } } }, { cluster: POOLS }),
      'profiles[0].quota.gpus is {"nvidia.com/gpu":1}; it must be left out: gpuPools lets it run on none of them',
    ],
    [
      "a default above the quota",
      with1({ quota: { memory: "4 GB" }, limits: { memory: "8 GB" } }),
      'profiles[0].limits.memory is "8 GB"; it must be 4 GB at most, which is the whole quota',
    ],
    [
      "a default above the most",
      with1({ limits: { memory: "8 GB", maxMemory: "4 GB" } }),
      'profiles[0].limits.memory is "8 GB"; it must be 4 GB at most, which limits.maxMemory allows',
    ],
    [
      "a way to nowhere",
      with1({ egress: [{ to: "the internet", ports: [443] }] }),
      'profiles[0].egress[0].to is "the internet"; it must be internet, a range of addresses such as 10.0.0.0/8, profile/<name> or namespace/<name>',
    ],
    [
      "a way to no port",
      with1({ egress: [{ to: "internet", ports: [] }] }),
      "profiles[0].egress[0].ports is []; it must be a list of ports, each from 1 to 65535",
    ],
    [
      "a way to an unknown profile",
      with1({ egress: [{ to: "profile/serach", ports: [80] }] }),
      'profiles[0].egress[0].to is "profile/serach"; it must be a profile of the settings (did you mean search?)',
    ],
    [
      "a way to itself",
      with1({ egress: [{ to: "profile/search", ports: [80] }] }),
      'profiles[0].egress[0].to is "profile/search"; it must be another profile: within one everything is open',
    ],
    [
      "a way into the platform",
      with1({ egress: [{ to: "namespace/istio-system", ports: [80] }] }),
      'profiles[0].egress[0].to is "namespace/istio-system"; it must be a namespace of your own: those of the platform are open where Kubeflow needs them',
    ],
    [
      "a label of the platform",
      with1({ labels: { "istio-injection": "disabled" } }),
      'profiles[0].labels.istio-injection is "disabled"; it must be left out: the platform sets this label itself',
    ],
    [
      "a label of Pod Security",
      with1({ labels: { "pod-security.kubernetes.io/enforce": "privileged" } }),
      'profiles[0].labels.pod-security.kubernetes.io/enforce is "privileged"; it must be left out: the platform sets this label itself',
    ],
    [
      "a role of AWS elsewhere",
      with1({ identity: { podIdentity: "arn:aws:iam::123456789012:role/x" } }),
      'profiles[0].identity.podIdentity is "arn:aws:iam::123456789012:role/x"; it must be true, with an association that you make yourself: the program makes one where cloud is aws, and it is existing',
    ],
    [
      "two identities",
      with1({ identity: { irsa: "arn:aws:iam::123456789012:role/x", podIdentity: true } }),
      'profiles[0].identity is {"irsa":"arn:aws:iam::123456789012:role/x","podIdentity":true}; it must be one of irsa (the ARN of a role), podIdentity (the ARN of a role, or true) and workloadIdentity (a Google service account)',
    ],
    [
      "a role that is none of IAM",
      with1({ identity: { irsa: "admin" } }),
      'profiles[0].identity.irsa is "admin"; it must be the ARN of an IAM role that trusts the cluster\'s OpenID Connect provider',
    ],
    [
      "quotas beyond the cluster, where these are refused",
      with1({ quota: { cpu: 100 } }, { tenancy: { overcommit: "refuse" } }),
      'profiles is [{"name":"search","owner":"ada","quota":{"cpu":100}}]; it must be a list whose quotas fit the cluster; they grant 100 CPU of 96, and tenancy.overcommit refuses that',
    ],
    [
      "a word in place of a choice",
      { tenancy: { overcommit: "warm" } },
      'tenancy.overcommit is "warm"; it must be one of allow, warn, refuse (did you mean warn?)',
    ],
    [
      "a proxy without a scheme",
      { tenancy: { proxy: { http: "proxy:3128" } } },
      'tenancy.proxy.http is "proxy:3128"; it must be an address such as http://proxy.example.com:3128',
    ],
  ])("%s", (_, config, ...problems) => {
    expect(problemsOf(config)).toEqual(problems);
  });
});

describe("settings", () => {
  it("of three teams resolve names, teams and the most that is said of somebody", async () => {
    const { tenants } = await threeTeams();
    const vision = tenants.find(({ name }) => name === "vision");
    expect(vision).toMatchObject({ owner: "ada@example.com", gpuPools: ["a100"], isKept: true });
    expect(vision?.members).toEqual([
      { user: "ben@example.com", role: "admin" },
      { user: "cleo@example.com", role: "edit" },
      { user: "dan@example.com", role: "edit" },
    ]);
  });

  it("always have the administrator's profile, which they may describe themselves", () => {
    expect(settingsOf({ auth: { admin: "root@example.com" } }).tenants).toMatchObject([
      { name: "kubeflow-admin", owner: "root@example.com", members: [] },
    ]);
    const own = settingsOf(with1({ name: "kubeflow-admin", quota: { cpu: 4 } }));
    expect(own.tenants).toMatchObject([{ name: "kubeflow-admin", owner: "ada@example.com", quota: { cpu: 4 } }]);
  });

  it("lead the administrator's profile to no internet where there is none", () => {
    const [connected] = settingsOf({}).tenants;
    const [isolated] = settingsOf({ airGap: { registry: "registry.example.com/kubeflow" } }).tenants;
    expect(connected?.egress).toEqual([{ to: { kind: "internet" }, ports: [80, 443] }]);
    expect(isolated?.egress).toEqual([]);
  });

  it("of fifty profiles of ten people are taken", () => {
    const { config } = JSON.parse(manyProfiles(50)) as { config: Config };
    const { tenants } = settingsOf(config);
    expect(tenants.length).toBe(51);
    expect(tenants.filter(({ members }) => members.length >= 9).length).toBe(50);
  });

  it.each<[string, Config, readonly string[]]>([
    ["aws", { region: "eu-central-1" }, ["10.0.0.0/16", "10.8.0.1/32"]],
    ["gcp", { region: "europe-west4", project: "ml-project" }, ["10.0.128.0/28", "10.8.0.1/32"]],
    ["digitalocean", { region: "fra1" }, PRIVATE_RANGES],
    ["existing", {}, PRIVATE_RANGES],
  ])("lead profiles to the API server where it is, as far as that is known: %s", (cloud, more, ranges) => {
    expect(settingsOf({ cloud, ...more }).tenancy.apiServer).toEqual(ranges);
    const own = ["192.0.2.7/32"];
    expect(settingsOf({ cloud, ...more, tenancy: { apiServer: own } }).tenancy.apiServer).toEqual(own);
  });

  it("know the namespaces of the platform", async () => {
    const planned = (await plannedRelease({ components: { "knative-eventing": true } })).waves.flat();
    const names = planned.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
    expect([...namespaces181]).toEqual(names.toSorted());
  });

  it("name bindings as access management does", () => {
    expect(bindingName({ user: "Ada.Lovelace+ml@example.com", role: "edit" })).toBe(
      "user-ada-lovelace-ml-example-com-clusterrole-edit",
    );
  });
});
