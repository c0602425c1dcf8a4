import { expect } from "vitest";
import type { KubernetesObject } from "../../components/kit/objects.ts";
import { withProfileObjects } from "../../components/tenancy/profile-controller/expanded.ts";
import { clusterOf } from "../../components/tenancy/reach/cluster.ts";
import { type Access, accessOf } from "../../components/tenancy/reach/rbac/index.ts";
import { rolesOf } from "../../components/tenancy/reach/rbac/roles.ts";
import { type Attempt, type Rule, rulesIn } from "../../components/tenancy/reach/rbac/rules.ts";
import type { Subject } from "../../components/tenancy/reach/rbac/subjects.ts";
import type { Resource } from "../../components/tenancy/reach/resources.ts";
import { type Row, rowsOf } from "../../components/tenancy/reach/rows.ts";
import { Client } from "../../rehearsal/control-plane/client.ts";
import { COMPONENTS, type ControlPlane, start } from "../../rehearsal/control-plane/index.ts";
import { obtain } from "../../toolchain/index.ts";
import { collectionOf, createGrants, isAllowed, judgedByGrants, RBAC } from "./access-reviews.ts";
import { RehearsalHome } from "./rehearsal.ts";

const AT_ONCE = 32;

/** Verbs of any resource. */
export const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/** Verbs that only some resources know. */
export const SPECIAL: readonly (Resource & { readonly verb: string })[] = [
  ...["users", "groups", "serviceaccounts"].map((resource) => ({ group: "", resource, verb: "impersonate" })),
  ...["roles", "clusterroles"].flatMap((resource) =>
    ["bind", "escalate"].map((verb) => ({ group: RBAC, resource, verb })),
  ),
  ...["approve", "sign"].map((verb) => ({ group: "certificates.k8s.io", resource: "signers", verb })),
];

/** A real API server that holds the roles and bindings of a plan, beside what is computed of the same objects. */
export class AccessServer {
  readonly objects: readonly KubernetesObject[];
  readonly rows: readonly Row[];
  readonly namespaces: readonly string[];
  readonly access: Access;
  readonly client: Client;
  readonly #controlPlane: ControlPlane;
  readonly #home: RehearsalHome;

  private constructor(planned: readonly KubernetesObject[], home: RehearsalHome, plane: ControlPlane, client: Client) {
    const cluster = clusterOf(planned);
    this.objects = withProfileObjects(planned);
    this.rows = rowsOf(cluster);
    this.namespaces = [...cluster.namespaces.profiles, ...cluster.namespaces.platform];
    this.access = accessOf(this.objects);
    this.client = client;
    this.#controlPlane = plane;
    this.#home = home;
  }

  static async start(name: string, planned: readonly KubernetesObject[]): Promise<AccessServer> {
    const home = await RehearsalHome.open();
    home.moveIn();
    const controlPlane = await start({ name, binaries: await obtain([...COMPONENTS]) });
    const server = new AccessServer(planned, home, controlPlane, await Client.open(controlPlane.kubeconfig));
    await createGrants(server.client, server.objects);
    return server;
  }

  /** Every resource that a role names, once; a star as a name that none has. */
  resources(): Resource[] {
    const named = this.objects
      .filter(({ kind }) => kind === "ClusterRole" || kind === "Role")
      .flatMap(rulesIn)
      .flatMap(({ groups, resources }) =>
        groups.flatMap((group) =>
          resources.map((resource) => ({
            group: group.replace("*", OTHER_GROUP),
            resource: resource.replace("*", OTHER),
          })),
        ),
      );
    return [...new Map(named.map((resource) => [JSON.stringify(resource), resource])).values()];
  }

  /** Waits until aggregated roles are what is computed here, and the API server judges by them; how many there are. */
  async aggregated(): Promise<number> {
    const roles = rolesOf(this.objects);
    const named = this.objects.filter((object) => "aggregationRule" in object);
    for (const role of named) {
      const { name } = role.metadata;
      const live = async () => rulesTold(rulesIn(await this.client.read(`${collectionOf(role)}/${name}`)));
      await expect.poll(live, { timeout: 60_000 }).toEqual(rulesTold(roles.cluster(name) ?? []));
    }
    await judgedByGrants(this.client);
    return named.length;
  }

  /** Asks both, and returns on what they are of two minds and how much was allowed. */
  async compare(questions: Iterable<readonly [Subject, Attempt]>) {
    const disagreements: string[] = [];
    const counts = { asked: 0, allowed: 0 };
    const rest = questions[Symbol.iterator]();
    const ask = async () => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        const [subject, attempt] = next.value;
        const allowed = await isAllowed(this.client, subject, attempt);
        counts.asked++;
        if (allowed) counts.allowed++;
        if (allowed !== this.access.can(subject, attempt)) {
          disagreements.push(`${subject.user} ${JSON.stringify(attempt)}: the API server says ${allowed}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    return { disagreements, ...counts };
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.#controlPlane.stop();
    await this.#home.close();
  }
}

/** Names that no rule has. */
export const OTHER = "things";
export const OTHER_GROUP = "group.example.org";

/** Rules in an order of their own, whatever theirs is and that of what they list. */
export function rulesTold(rules: readonly Rule[]): string[] {
  const sorted = ({ verbs, groups, resources, names, paths }: Rule) =>
    [verbs, groups, resources, names, paths].map((list) => list.toSorted());
  return [...new Set(rules.map((rule) => JSON.stringify(sorted(rule))))].sort();
}
