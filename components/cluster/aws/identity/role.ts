import * as iam from "@pulumi/aws/iam/index.js";
import * as pulumi from "@pulumi/pulumi";

export interface AwsRoleArgs {
  /** Who may take it, as text of a policy. */
  readonly trust: string;
  /** ARNs of policies that AWS keeps. */
  readonly managed?: readonly string[];
  /** Further policies by name, as text. */
  readonly inline?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** An IAM role with its policies. What depends on it waits until it has them. */
export class AwsRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AwsRoleArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsRole", name, {}, opts);
    const role = new iam.Role(name, { assumeRolePolicy: args.trust }, { parent: this });
    for (const policyArn of args.managed ?? []) {
      const policy = policyArn.slice(policyArn.lastIndexOf("/") + 1);
      new iam.RolePolicyAttachment(`${name}-${policy}`, { role: role.name, policyArn }, { parent: this });
    }
    for (const [policyName, policy] of Object.entries(args.inline ?? {})) {
      new iam.RolePolicy(`${name}-${policyName}`, { role: role.name, policy }, { parent: this });
    }
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
