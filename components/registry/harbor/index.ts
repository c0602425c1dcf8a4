import * as pulumi from "@pulumi/pulumi";
import { throwForPeople } from "../../cluster/run-error.ts";
import { defined } from "../../kit/defined.ts";
import { UserError } from "../../kit/errors.ts";
import type { Settings } from "../../settings/parse.ts";
import {
  HarborProvider,
  ImmutableTagRule,
  Project,
  RetentionPolicy,
  RobotAccount as RobotAccountResource,
} from "./resources.ts";
import type { RobotAccount, RobotName } from "./robots.ts";
import { harborOf, type HarborSettings, quotaOf } from "./settings.ts";

export interface HarborArgs {
  readonly registry: string;
  readonly settings: HarborSettings;
  /** Those that are made. */
  readonly robots: Readonly<Partial<Record<RobotName, RobotAccount>>>;
  readonly environment: Settings["environment"];
}

/** Every repository or tag of a project. */
const ALL = "**";

/** As Harbor says it back: what is written otherwise is changed by every run. */
const SCHEDULES = { daily: "Daily", weekly: "Weekly" } as const;

/** Who pushes looks first whether it is there, which is a pull. */
const ACTIONS = { pull: ["pull"], push: ["push", "pull"] } as const satisfies Record<RobotName, readonly string[]>;

/** A project of a Harbor that is there, private, and a robot account for everybody who pulls from it. */
export class Harbor extends pulumi.ComponentResource {
  /** What pushes sign in with, `user:password`; undefined where nobody is to push with it. */
  readonly pushSignIn: pulumi.Output<string> | undefined;
  readonly parts: readonly pulumi.Resource[];

  constructor(name: string, args: HarborArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { url } = harborOf(args.registry);
    const provider = new HarborProvider(`${name}-harbor`, { url, ...args.settings.administrator });
    super("kubeflow:registry:Harbor", name, {}, { ...opts, providers: [provider] });
    const project = this.#project(name, args);
    this.#rules(name, project, args.settings);
    const pull = this.#robot(name, "pull", project, args);
    const push = this.#robot(name, "push", project, args);
    this.parts = [project, pull?.made, push?.made].filter((part) => part !== undefined);
    this.pushSignIn = push?.signIn;
    this.registerOutputs({});
  }

  #project(name: string, { registry, settings, environment }: HarborArgs): Project {
    const { quota, scan, preventVulnerable, contentTrust } = settings;
    const isProduction = environment === "prod";
    return new Project(
      name,
      {
        name: harborOf(registry).project ?? "",
        public: false,
        storageQuota: quotaOf(quota),
        vulnerabilityScanning: scan,
        ...defined({ deploymentSecurity: preventVulnerable }),
        enableContentTrust: contentTrust === "notation",
        enableContentTrustCosign: contentTrust === "cosign",
        forceDestroy: !isProduction,
      },
      { parent: this, protect: isProduction },
    );
  }

  #rules(name: string, project: Project, { immutableTags, retention }: HarborSettings): void {
    const everything = { repoMatching: ALL, tagMatching: ALL };
    // What a tag means is what the lock says, for good.
    if (immutableTags) new ImmutableTagRule(name, { projectId: project.id, ...everything }, { parent: this });
    if (retention === undefined) return;
    const { days, schedule } = retention;
    const each = { ...everything, untaggedArtifacts: true };
    const rules = [
      { nDaysSinceLastPull: days, ...each },
      { nDaysSinceLastPush: days, ...each },
    ];
    new RetentionPolicy(name, { scope: project.id, schedule: SCHEDULES[schedule], rules }, { parent: this });
  }

  /** Ends the run where Harbor names it otherwise than everybody who signs in as it was told. */
  #robot(
    name: string,
    robot: RobotName,
    project: Project,
    { registry, robots }: HarborArgs,
  ): { readonly made: pulumi.Resource; readonly signIn: pulumi.Output<string> } | undefined {
    const account = robots[robot];
    if (account === undefined) return undefined;
    const accesses = ACTIONS[robot].map((action) => ({ resource: "repository", action }));
    const namespace = harborOf(registry).project ?? "";
    const made = new RobotAccountResource(
      `${name}-${robot}`,
      {
        name: robot,
        description: `May ${ACTIONS[robot].join(" and ")} images of Kubeflow`,
        level: "project",
        duration: -1,
        secret: pulumi.secret(account.password),
        permissions: [{ kind: "project", namespace, accesses }],
      },
      { parent: this, dependsOn: [project] },
    );
    const named = made.fullName.apply((fullName) => requireNamed(fullName, account.username, `${namespace}+${robot}`));
    return { made, signIn: pulumi.secret(pulumi.interpolate`${named}:${account.password}`) };
  }
}

/** `ending` is what of the name is not Harbor's own choice. */
function requireNamed(fullName: string, expected: string, ending: string): string {
  if (fullName === expected) return fullName;
  return throwForPeople(
    new UserError(`airGap.harbor.robotPrefix: Harbor has named its robot account ${fullName}, not ${expected}`, {
      next: `pulumi config set --path airGap.harbor.robotPrefix '${fullName.slice(0, -ending.length)}'`,
      exitCode: 2,
    }),
  );
}
