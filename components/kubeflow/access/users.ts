/** Whom the processes of a container run as. */
export type ContainerUser =
  /** Known not to be root: the manifest says so already, or the image names a numeric user. */
  | { readonly is: "declared" }
  /** A user that is not root, and where the same image, or one built alike, is run as it. */
  | {
      readonly is: "set";
      readonly uid: number;
      readonly gid?: number;
      readonly fsGroup?: number;
      readonly evidence: string;
    }
  /** Left to the image, and why. */
  | { readonly is: "left"; readonly why: string };

/** The user of every container of a release, by the key of its sizing table. */
export type UserTable = Readonly<Record<string, ContainerUser>>;
