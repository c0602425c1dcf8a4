/** One thing that a component may do, and the call in its source that would fail without it. */
export interface Permission {
  /** `""` is the core group. */
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Names of the only objects that are meant. Creating, listing and watching cannot be limited to names. */
  readonly names?: readonly string[];
  readonly because: string;
}

/** A binding that gives more than its subjects use, and the role that takes the place of what it binds. */
export interface Regrant {
  /** Id of the binding, as `objectId` writes it. */
  readonly binding: string;
  /** Name of the new ClusterRole, and of its binding: what a binding refers to cannot be changed. */
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** What a release gives to its components, where that is more than they use. Ids are those of `objectId`. */
export interface PrivilegeTable {
  readonly regrants: readonly Regrant[];
  /** New rules of Roles and ClusterRoles. */
  readonly roles: Readonly<Record<string, readonly Permission[]>>;
  /** Objects of identities that nothing runs as. */
  readonly unused: readonly string[];
}
