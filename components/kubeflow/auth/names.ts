/** What a release calls the objects of its sign-on; ids are those of `objectId`. */
export interface SignOnNames {
  readonly dexConfig: string;
  readonly dexSecret: string;
  readonly dexDeployment: string;
  readonly authserviceConfig: string;
  readonly authserviceWorkload: string;
  /** The public user's profile, and what is left over from making it. */
  readonly firstProfile: readonly string[];
}
