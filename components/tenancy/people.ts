import { type ProfileSettings, type Role, ROLES, type TeamsSettings, type UsersSettings } from "./settings.ts";

/** Somebody who works in a profile, and what they may do there. */
export interface Member {
  /** E-mail address, by which the platform knows people. */
  readonly user: string;
  readonly role: Role;
}

/** Names that settings may use for people. */
export interface People {
  readonly users: UsersSettings;
  readonly teams: TeamsSettings;
}

/** The address that is meant: itself, or that of a name in `users`; undefined for what is neither. */
export function addressOf(reference: string, { users }: Pick<People, "users">): string | undefined {
  if (EMAIL.test(reference)) return reference;
  return Object.hasOwn(users, reference) ? users[reference] : undefined;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** The addresses that are meant by a person or a team; undefined for what is neither. */
export function addressesOf(reference: string, people: People): readonly string[] | undefined {
  const address = addressOf(reference, people);
  if (address !== undefined) return [address];
  const team = Object.hasOwn(people.teams, reference) ? people.teams[reference] : undefined;
  return team?.flatMap((person) => addressOf(person, people) ?? []);
}

/**
 * The members of a profile by address, its owner left out: who is named more than once, by themselves or in a team, has
 * the most that is said of them.
 */
export function membersOf(profile: ProfileSettings, people: People): Member[] {
  const owner = addressOf(profile.owner, people);
  const roles = new Map<string, Role>();
  for (const role of ROLES.toReversed()) {
    for (const user of profile.members[role].flatMap((reference) => addressesOf(reference, people) ?? [])) {
      if (user !== owner) roles.set(user, role);
    }
  }
  return [...roles].map(([user, role]) => ({ user, role })).sort((a, b) => (a.user < b.user ? -1 : 1));
}
