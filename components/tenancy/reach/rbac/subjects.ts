/** Who asks the API server, by the name that authentication gives. */
export interface Subject {
  /** `ada@example.org`, `system:serviceaccount:team:default-editor`. */
  readonly user: string;
  readonly groups: readonly string[];
}

/** The group of everybody who has authenticated, whatever else they are. */
export const AUTHENTICATED = "system:authenticated";

/** Members of this group are asked no questions. */
export const MASTERS = "system:masters";

const ACCOUNT = "system:serviceaccount";

/** A person, with the groups that the sign-on tells of them. */
export function person(name: string, groups: readonly string[] = []): Subject {
  return { user: name, groups: [...groups, AUTHENTICATED] };
}

/** A ServiceAccount, in the groups that the API server puts every one of them in. */
export function serviceAccount(namespace: string, name: string): Subject {
  return {
    user: accountName(namespace, name),
    groups: [`${ACCOUNT}s`, `${ACCOUNT}s:${namespace}`, AUTHENTICATED],
  };
}

/** The user name of a ServiceAccount. */
export function accountName(namespace: string, name: string): string {
  return `${ACCOUNT}:${namespace}:${name}`;
}
