import * as pulumi from "@pulumi/pulumi";
import { HARBOR_PLUGIN } from "./plugin.ts";

// As far as they are used here, in the words of the plugin's schema.

const { name: PACKAGE, version, repository } = HARBOR_PLUGIN;
const PLUGIN = { version, pluginDownloadURL: `github://api.github.com/${repository}` };

export interface HarborProviderArgs {
  readonly url: string;
  /** Default: HARBOR_USERNAME. */
  readonly username?: string | undefined;
  /** Default: HARBOR_PASSWORD. Made secret here. */
  readonly password?: string | undefined;
}

/** A Harbor, reached with an account of an administrator's. */
export class HarborProvider extends pulumi.ProviderResource {
  constructor(name: string, { url, username, password }: HarborProviderArgs, opts?: pulumi.ResourceOptions) {
    const signIn = { username, password: password === undefined ? undefined : pulumi.secret(password) };
    // The provider's own default is to trust any certificate. It takes its settings as text.
    super(PACKAGE, name, { url, ...signIn, insecure: "false" }, pulumi.mergeOptions(PLUGIN, opts));
  }
}

export interface ProjectArgs {
  readonly name: string;
  readonly public: boolean;
  /** Gibibytes, or -1. */
  readonly storageQuota: number;
  /** Of what is pushed. */
  readonly vulnerabilityScanning: boolean;
  /** Severity from which on nothing is handed out. */
  readonly deploymentSecurity?: string | undefined;
  /** Notation's; only what is signed is handed out. */
  readonly enableContentTrust: boolean;
  readonly enableContentTrustCosign: boolean;
  /** Whether it is deleted with the images in it. */
  readonly forceDestroy: boolean;
}

/** Its id is a path: `/projects/3`. */
export class Project extends pulumi.CustomResource {
  constructor(name: string, args: ProjectArgs, opts: pulumi.CustomResourceOptions) {
    super(`${PACKAGE}:index/project:Project`, name, { ...args }, pulumi.mergeOptions(PLUGIN, opts));
  }
}

export interface RobotAccountArgs {
  readonly name: string;
  readonly description: string;
  readonly level: "project";
  /** Days; -1: for good. */
  readonly duration: number;
  readonly secret: pulumi.Output<string>;
  readonly permissions: readonly {
    readonly kind: "project";
    /** Name of the project. */
    readonly namespace: pulumi.Input<string>;
    readonly accesses: readonly { readonly resource: string; readonly action: string }[];
  }[];
}

export class RobotAccount extends pulumi.CustomResource {
  /** As Harbor has named it. */
  declare readonly fullName: pulumi.Output<string>;

  constructor(name: string, args: RobotAccountArgs, opts: pulumi.CustomResourceOptions) {
    const defaults = { ...PLUGIN, additionalSecretOutputs: ["secret"] };
    // What Harbor adds has to be named, or it never gets here.
    const inputs = { ...args, fullName: undefined };
    super(`${PACKAGE}:index/robotAccount:RobotAccount`, name, inputs, pulumi.mergeOptions(defaults, opts));
  }
}

export interface ImmutableTagRuleArgs {
  /** The project's id. */
  readonly projectId: pulumi.Input<string>;
  readonly repoMatching: string;
  readonly tagMatching: string;
}

export class ImmutableTagRule extends pulumi.CustomResource {
  constructor(name: string, args: ImmutableTagRuleArgs, opts: pulumi.CustomResourceOptions) {
    super(`${PACKAGE}:index/immutableTagRule:ImmutableTagRule`, name, { ...args }, pulumi.mergeOptions(PLUGIN, opts));
  }
}

export interface RetentionPolicyArgs {
  /** The project's id. */
  readonly scope: pulumi.Input<string>;
  readonly schedule: string;
  /** What any of them holds for stays. */
  readonly rules: readonly {
    readonly nDaysSinceLastPull?: number;
    readonly nDaysSinceLastPush?: number;
    readonly repoMatching: string;
    readonly tagMatching: string;
    readonly untaggedArtifacts: boolean;
  }[];
}

export class RetentionPolicy extends pulumi.CustomResource {
  constructor(name: string, args: RetentionPolicyArgs, opts: pulumi.CustomResourceOptions) {
    super(`${PACKAGE}:index/retentionPolicy:RetentionPolicy`, name, { ...args }, pulumi.mergeOptions(PLUGIN, opts));
  }
}
