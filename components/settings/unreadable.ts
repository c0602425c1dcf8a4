/** In place of an encrypted value of a stack file where only Pulumi could read it: the rest must still be complete. */
export const UNREADABLE = "(a secret that only pulumi can read)";
