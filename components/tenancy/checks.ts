import type { CloudName } from "../cluster/contract.ts";
import { nearest } from "../kit/names.ts";
import { bytesOf } from "../kit/units.ts";
import type { ReleaseVersion } from "../kubeflow/releases/index.ts";
import { type Machines, overcommitment } from "./capacity.ts";
import { inStores, type StoresChecked } from "./object-store/checks.ts";
import { bindingName } from "./objects/members.ts";
import { addressesOf, addressOf, membersOf, type People } from "./people.ts";
import { isReservedLabel, whyReserved } from "./reserved.ts";
import { destinationOf, type ProfileSettings, ROLES, type TenancySettings } from "./settings.ts";

/** What of all settings the checks look at. */
export interface Checked extends People, StoresChecked {
  readonly cloud: CloudName;
  readonly release: { readonly version: ReleaseVersion };
  readonly tenancy: Pick<TenancySettings, "overcommit">;
  readonly nodes: Machines;
  readonly gpuPools: readonly (Machines & { readonly name: string })[];
}

/** What is wrong: where, and what ends the sentence "it must be ...". */
export interface Finding {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What no setting of people and profiles shows by itself: names that are unknown, taken or reserved, sizes that contradict. */
export function findingsOf(settings: Checked): Finding[] {
  return [
    ...inPeople(settings),
    ...settings.profiles.flatMap((_, index) => inProfile(index, settings)),
    ...inStores(settings),
    ...inSum(settings),
  ];
}

function inSum({ tenancy, profiles, nodes, gpuPools }: Checked): Finding[] {
  if (tenancy.overcommit !== "refuse") return [];
  const beyond = overcommitment(
    profiles.map(({ quota }) => quota),
    [nodes, ...gpuPools],
  );
  if (beyond.length === 0) return [];
  const message = `a list whose quotas fit the cluster; they grant ${beyond.join(", ")}, and tenancy.overcommit refuses that`;
  return [{ path: ["profiles"], message }];
}

function inPeople({ users, teams }: People): Finding[] {
  const addresses = Object.entries(users);
  const shared = addresses.flatMap(([name, address], index) => {
    const other = addresses.slice(0, index).find(([, earlier]) => isSameAddress(earlier, address));
    return other === undefined
      ? []
      : [{ path: ["users", name], message: `an address of its own: ${other[0]} has it already` }];
  });
  const ambiguous = Object.keys(teams)
    .filter((name) => Object.hasOwn(users, name))
    .map((name) => ({ path: ["teams", name], message: "of another name: `users` has this one" }));
  const strangers = Object.entries(teams).flatMap(([team, people]) =>
    people.flatMap((reference, index) => {
      if (addressOf(reference, { users }) !== undefined) return [];
      const message = Object.hasOwn(teams, reference)
        ? `a person: ${reference} is a team`
        : `an e-mail address or a name of \`users\`${nearest(reference, Object.keys(users))}`;
      return [{ path: ["teams", team, index], message }];
    }),
  );
  return [...shared, ...ambiguous, ...strangers];
}

function inProfile(index: number, settings: Checked): Finding[] {
  const profile = settings.profiles[index];
  if (profile === undefined) return [];
  const findings = [
    ...inName(profile, settings.profiles.slice(0, index), settings),
    ...inOwner(profile, settings),
    ...inMembers(profile, settings),
    ...inLimits(profile),
    ...inEgress(profile, settings),
    ...inGpus(
      profile,
      settings.gpuPools.map(({ name }) => name),
    ),
    ...inIdentity(profile, settings),
    ...Object.keys(profile.labels)
      .filter(isReservedLabel)
      .map((label) => ({ path: ["labels", label], message: "left out: the platform sets this label itself" })),
  ];
  return findings.map(({ path, message }) => ({ path: ["profiles", index, ...path], message }));
}

function inName({ name }: ProfileSettings, earlier: readonly ProfileSettings[], { release }: Checked): Finding[] {
  const reserved = whyReserved(name, release.version);
  if (reserved !== undefined) return [{ path: ["name"], message: `another name: ${reserved}` }];
  if (!earlier.some((other) => other.name === name)) return [];
  return [{ path: ["name"], message: "a name that no other profile has" }];
}

function inOwner({ owner }: ProfileSettings, { users, teams }: People): Finding[] {
  if (addressOf(owner, { users }) !== undefined) return [];
  const message = Object.hasOwn(teams, owner)
    ? `one person: ${owner} is a team`
    : `an e-mail address or a name of \`users\`${nearest(owner, Object.keys(users))}`;
  return [{ path: ["owner"], message }];
}

function inMembers(profile: ProfileSettings, people: People): Finding[] {
  const named = ROLES.flatMap((role) =>
    profile.members[role].map((reference, index) => ({ reference, path: ["members", role, index] })),
  );
  const known = [...Object.keys(people.users), ...Object.keys(people.teams)];
  const findings = named.flatMap(({ reference, path }, index) => {
    if (addressesOf(reference, people) === undefined) {
      const message = `an e-mail address, or a name of \`users\` or \`teams\`${nearest(reference, known)}`;
      return [{ path, message }];
    }
    const isRepeated = named.slice(0, index).some((other) => other.reference === reference);
    return isRepeated ? [{ path, message: "named once: it has a role in this profile already" }] : [];
  });
  return [...findings, ...inBindings(profile, people)];
}

/** Kubeflow's access management makes the names of bindings of addresses, and reads these back by name. */
function inBindings(profile: ProfileSettings, people: People): Finding[] {
  const members = membersOf(profile, people);
  return members.flatMap((member, index) => {
    const other = members.slice(0, index).find((earlier) => bindingName(earlier) === bindingName(member));
    if (other === undefined) return [];
    const message = `of people whose addresses differ in letters or digits: ${other.user} and ${member.user} do not`;
    return [{ path: ["members"], message }];
  });
}

function inLimits({ limits, quota }: ProfileSettings): Finding[] {
  const { memory, maxMemory } = limits;
  if (maxMemory !== undefined && bytesOf(memory) > bytesOf(maxMemory)) {
    return [{ path: ["limits", "memory"], message: `${maxMemory} at most, which limits.maxMemory allows` }];
  }
  if (quota.memory !== undefined && bytesOf(memory) > bytesOf(quota.memory)) {
    return [{ path: ["limits", "memory"], message: `${quota.memory} at most, which is the whole quota` }];
  }
  return [];
}

function inEgress({ name, egress }: ProfileSettings, { profiles, release }: Checked): Finding[] {
  const names = profiles.map((profile) => profile.name);
  return egress.flatMap(({ to }, index) => {
    const path = ["egress", index, "to"];
    const destination = destinationOf(to);
    if (destination?.kind === "profile") {
      if (destination.name === name) return [{ path, message: "another profile: within one everything is open" }];
      if (names.includes(destination.name)) return [];
      return [{ path, message: `a profile of the settings${nearest(destination.name, names)}` }];
    }
    if (destination?.kind === "namespace" && whyReserved(destination.name, release.version) !== undefined) {
      return [{ path, message: "a namespace of your own: those of the platform are open where Kubeflow needs them" }];
    }
    return [];
  });
}

function inGpus({ quota, gpuPools }: ProfileSettings, pools: readonly string[]): Finding[] {
  const unknown = (gpuPools ?? []).flatMap((pool, index) =>
    pools.includes(pool)
      ? []
      : [{ path: ["gpuPools", index], message: `a name of \`cluster.gpuPools\`${nearest(pool, pools)}` }],
  );
  const isGranted = Object.values(quota.gpus).some((count) => count > 0);
  if (!isGranted || (pools.length > 0 && gpuPools?.length !== 0)) return unknown;
  const message =
    pools.length === 0 ? "left out: the cluster has no GPU pool" : "left out: gpuPools lets it run on none of them";
  return [...unknown, { path: ["quota", "gpus"], message }];
}

/** Associations are of a cluster that the program makes. */
function inIdentity({ identity }: ProfileSettings, { cloud }: Pick<Checked, "cloud">): Finding[] {
  if (typeof identity?.podIdentity !== "string" || cloud === "aws") return [];
  const message = `true, with an association that you make yourself: the program makes one where cloud is aws, and it is ${cloud}`;
  return [{ path: ["identity", "podIdentity"], message }];
}

function isSameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
