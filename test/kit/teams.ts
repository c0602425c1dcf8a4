import type { KubernetesObject } from "../../components/kit/objects.ts";
import { releases } from "../../components/kubeflow/releases/index.ts";
import { objectsOf } from "../../components/tenancy/objects/index.ts";
import { profilesOn } from "../../components/tenancy/profiles.ts";
import { settingsOf } from "./tenancy/tenants.ts";

/** A profile with its members. */
export interface Team {
  readonly name: string;
  readonly owner: string;
  readonly members: Readonly<Record<string, "admin" | "edit" | "view">>;
}

/** Every object that the project makes on a platform of `dev` for these teams, the administrator's profile included. */
export function profilesOf(teams: readonly Team[], platform: readonly KubernetesObject[]): KubernetesObject[] {
  const profiles = teams.map(({ name, owner, members }) => {
    const byRole = Map.groupBy(Object.keys(members), (user) => members[user] ?? "view");
    return { name, owner, members: Object.fromEntries(byRole) };
  });
  return profilesOn(platform, releases["1.8.1"], settingsOf({ profiles })).flatMap(objectsOf);
}

/** Three teams of four, of which one person is a guest of another team. */
export const THREE_TEAMS: readonly Team[] = [
  {
    name: "astronomy",
    owner: "ada@example.org",
    members: { "ben@example.org": "admin", "cy@example.org": "edit", "dot@example.org": "view" },
  },
  {
    name: "biology",
    owner: "eve@example.org",
    members: {
      "fay@example.org": "edit",
      "gus@example.org": "edit",
      "hal@example.org": "view",
      "cy@example.org": "view",
    },
  },
  {
    name: "chemistry",
    owner: "ida@example.org",
    members: { "joe@example.org": "admin", "kim@example.org": "edit", "lou@example.org": "view" },
  },
];

/** Teams by number, of ten each: an owner, an admin, four who edit and four who view. */
export function manyTeams(count: number): Team[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `team-${String(index + 1).padStart(2, "0")}`;
    const roles = ["admin", "edit", "edit", "edit", "edit", "view", "view", "view", "view"] as const;
    const members = roles.map((role, number) => [`member-${number + 1}@${name}.example.org`, role] as const);
    return { name, owner: `owner@${name}.example.org`, members: Object.fromEntries(members) };
  });
}
