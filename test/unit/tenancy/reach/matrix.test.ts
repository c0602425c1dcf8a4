import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { crossingsOf } from "../../../../components/tenancy/reach/crossings.ts";
import { type Matrix, matrixOf } from "../../../../components/tenancy/reach/matrix.ts";
import { asJson } from "../../../../components/tenancy/reach/render/json.ts";
import { lettersOf } from "../../../../components/tenancy/reach/render/letters.ts";
import { asMarkdown } from "../../../../components/tenancy/reach/render/markdown.ts";
import { asSvg } from "../../../../components/tenancy/reach/render/svg.ts";
import { withProfiles } from "../../../../components/tenancy/reach/plan.ts";
import type { Settings } from "../../../../components/settings/parse.ts";
import { manyProfiles } from "../../../kit/many-profiles.ts";
import { plannedRelease } from "../../../kit/release.ts";
import { settingsOf, threeTeams } from "../../../kit/tenancy/tenants.ts";

const TITLE = "Who can do what: three teams of four";
const golden = (extension: string) => fileURLToPath(new URL(`three-teams.${extension}`, import.meta.url));

let settings: Settings;
let platform: readonly KubernetesObject[];
let objects: readonly KubernetesObject[];
let matrix: Matrix;

function letters({ cells }: Matrix, row: string, column: string): string {
  const cell = cells.find((candidate) => candidate.row === row && candidate.column === column);
  return cell === undefined ? "" : lettersOf(cell.powers);
}

beforeAll(async () => {
  settings = await threeTeams();
  platform = (await plannedRelease()).waves.flat();
  objects = withProfiles(platform, settings);
  matrix = matrixOf(objects);
});

/** Who the settings let into a profile that is not the only one of theirs, or not theirs: `who where`. */
function crossingsInSettings({ tenants }: Settings): string[] {
  const memberships = tenants.flatMap(({ name, owner, members }) =>
    [owner, ...members.map(({ user }) => user)].map((user) => ({ user, name })),
  );
  const guests = memberships.filter(({ user }) => memberships.filter((other) => other.user === user).length > 1);
  const ways = tenants.flatMap(({ name, egress }) =>
    egress.flatMap(({ to, ports }) =>
      to.kind === "profile" && to.name !== name ? [{ from: name, to: to.name, ports }] : [],
    ),
  );
  const accounts = ["default", "default-editor", "default-viewer"];
  const opened = ways.flatMap(({ from, to }) => accounts.map((account) => `pods of ${from} as ${account} ${to}`));
  return [...new Set([...guests.map(({ user, name }) => `${user} ${name}`), ...opened])].sort();
}

function crossingsIn(of: Matrix): string[] {
  return crossingsOf(of)
    .map(({ row, column }) => `${row} ${column}`)
    .sort();
}

describe("the matrix of three teams", () => {
  it("is the one that was reviewed", async () => {
    await expect(asMarkdown(matrix, TITLE)).toMatchFileSnapshot(golden("md"));
    await expect(asSvg(matrix, TITLE)).toMatchFileSnapshot(golden("svg"));
  });

  it("does not depend on the order of the objects", () => {
    expect(asMarkdown(matrixOf(objects.toReversed()), TITLE)).toBe(asMarkdown(matrix, TITLE));
  });

  it("lets people into the profiles that they are members of, and nowhere else", () => {
    const people = new Set(matrix.rows.filter(({ kind }) => kind === "person").map(({ id }) => id));
    const found = matrix.cells.filter(({ row }) => people.has(row)).map(({ row, column }) => `${row} ${column}`);
    const members = settings.tenants.flatMap(({ name, owner, members: all }) =>
      [owner, ...all.map(({ user }) => user)].map((user) => `${user} ${name}`),
    );
    expect(found.toSorted()).toEqual(members.toSorted());
  });

  it("gives nobody who only looks on a Secret, a pod, a way into one or a role to give", () => {
    const viewers = settings.tenants.flatMap(({ name, members }) =>
      members.filter(({ role }) => role === "view").map(({ user }) => letters(matrix, user, name)),
    );
    expect(viewers.length).toBe(3);
    for (const powers of viewers) expect(powers).not.toMatch(/[SRXGIA]/i);
  });

  it("crosses the borders of profiles where the settings do, and nowhere else", () => {
    expect(crossingsIn(matrix)).toEqual([
      "ada@example.com fraud",
      "ada@example.com vision",
      "pods of fraud as default vision",
      "pods of fraud as default-editor vision",
      "pods of fraud as default-viewer vision",
    ]);
    const cell = matrix.cells.find(({ row, column }) => row === "pods of fraud as default" && column === "vision");
    expect(cell?.powers.get("reach")).toEqual({ extent: "named", by: ["8080"] });
  });

  it("keeps pods of profiles from the platform's objects, and from speaking for others", () => {
    const own = new Set(matrix.rows.filter(({ kind }) => kind === "profile").map(({ id }) => id));
    const columns = new Set(
      matrix.columns.filter(({ kind }) => kind === "platform" || kind === "cluster").map(({ id }) => id),
    );
    const cells = matrix.cells.filter(({ row, column }) => own.has(row) && columns.has(column));
    expect(new Set(cells.map(({ powers }) => lettersOf(powers)))).toEqual(new Set(["n"]));
  });

  it("says the same as JSON", () => {
    const json = JSON.parse(JSON.stringify(asJson(matrix))) as {
      cells: { row: string; column: string; powers: object }[];
    };
    expect(json.cells.length).toBe(matrix.cells.length);
    expect(json.cells.find(({ row, column }) => row === "ada@example.com" && column === "vision")).toMatchObject({
      powers: { secrets: { extent: "any", by: ["RoleBinding.rbac.authorization.k8s.io vision/namespaceAdmin"] } },
    });
  });
});

describe("what crosses the borders of profiles is what the settings say", () => {
  it("of fifty profiles of ten, one of whose owners looks on in all", () => {
    const { config } = JSON.parse(manyProfiles(50)) as { config: Record<string, unknown> };
    const many = settingsOf(config);
    expect(crossingsIn(matrixOf(withProfiles(platform, many)))).toEqual(crossingsInSettings(many));
    expect(crossingsInSettings(many).length).toBe(50);
  });

  it("of any profiles", () => {
    const names = ["red", "green", "blue"];
    const people = ["ann", "bob", "cat", "dov"].map((name) => `${name}@example.com`);
    const profile = fc.record({
      owner: fc.constantFrom(...people),
      roles: fc.tuple(...people.map(() => fc.constantFrom("admin", "edit", "view", "none"))),
      ways: fc.array(
        fc.record({
          to: fc.constantFrom("internet", "10.0.0.0/8", "namespace/shop", ...names.map((name) => `profile/${name}`)),
          ports: fc.subarray([80, 8080, 9000], { minLength: 1 }),
        }),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(fc.tuple(profile, profile, profile), (profiles) => {
        const random = settingsOf({
          profiles: profiles.map(({ owner, roles, ways }, index) => {
            const inRole = (role: string) => people.filter((user, at) => roles[at] === role && user !== owner);
            const members = { admin: inRole("admin"), edit: inRole("edit"), view: inRole("view") };
            const egress = ways.filter(({ to }) => to !== `profile/${names[index]}`);
            return { name: names[index], owner, members, egress, quota: { cpu: 8, memory: "32 GB" } };
          }),
        });
        expect(crossingsIn(matrixOf(withProfiles(platform, random)))).toEqual(crossingsInSettings(random));
      }),
      { numRuns: 12 },
    );
  });
});

describe("what opens a profile shows", () => {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const clusterRole = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name });
  const withMore = (...more: readonly KubernetesObject[]) => matrixOf([...objects, ...more]);
  const crossed = (...more: readonly KubernetesObject[]) => {
    const known = new Set(crossingsIn(matrix));
    return crossingsIn(withMore(...more)).filter((line) => !known.has(line));
  };

  it("a binding to an account of another", () => {
    const binding: KubernetesObject = {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name: "guest", namespace: "speech" },
      roleRef: clusterRole("kubeflow-view"),
      subjects: [{ kind: "ServiceAccount", name: "default-editor", namespace: "vision" }],
    };
    expect(crossed(binding)).toEqual(["pods of vision as default-editor speech"]);
  });

  it("a binding of the whole cluster to every ServiceAccount", () => {
    const binding: KubernetesObject = {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name: "everybody" },
      roleRef: clusterRole("kubeflow-view"),
      subjects: [{ kind: "Group", name: "system:serviceaccounts" }],
    };
    // Three ServiceAccounts of each of four profiles, in the three others; three of these pairs are known.
    expect(crossed(binding).length).toBe(3 * 4 * 3 - 3);
  });

  it("network policies, once one side lets out and the other lets in, on the ports that both do", () => {
    const policy = (namespace: string, spec: object): KubernetesObject => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "more", namespace },
      spec: { podSelector: {}, ...spec },
    });
    const peer = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
    const ports = [{ port: 8000, endPort: 8080 }];
    const into = policy("speech", { policyTypes: ["Ingress"], ingress: [{ from: [peer("vision")], ports }] });
    const out = policy("vision", {
      policyTypes: ["Egress"],
      egress: [{ to: [peer("speech")], ports: [{ port: 8080 }] }],
    });
    expect(crossed(into)).toEqual([]);
    expect(crossed(out)).toEqual([]);
    const both = withMore(into, out).cells.find(
      ({ row, column }) => row === "pods of vision as default" && column === "speech",
    );
    expect(both?.powers.get("reach")).toEqual({ extent: "named", by: ["8080"] });
  });

  it("addresses of the cluster that a rule for the internet forgot to except", () => {
    const open = objects.map((object) =>
      object.kind === "NetworkPolicy" && object.metadata.namespace === "kubeflow-admin"
        ? (JSON.parse(JSON.stringify(object).replace('"10.0.0.0/8",', "")) as KubernetesObject)
        : object,
    );
    const everywhere = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" };
    const letIn = {
      ...everywhere,
      metadata: { name: "in", namespace: "speech" },
      spec: { podSelector: {}, ingress: [{}] },
    };
    const ports = ({ cells }: Matrix) =>
      cells
        .find(({ row, column }) => row === "pods of kubeflow-admin as default" && column === "speech")
        ?.powers.get("reach")?.by;
    expect(ports(withMore(letIn))).toEqual(["443, 6443"]);
    expect(ports(matrixOf([...open, letIn]))).toEqual(["80, 443, 6443"]);
  });

  it("a network without policies", () => {
    const open = matrixOf(objects.filter(({ kind }) => kind !== "NetworkPolicy"));
    expect(letters(open, "pods of vision as default", "speech")).toBe("N");
  });

  it("an AuthorizationPolicy for a user who is no member", () => {
    const admitted: KubernetesObject = {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name: "leo", namespace: "vision" },
      spec: { rules: [{ when: [{ key: "request.headers[kubeflow-userid]", values: ["leo@example.com"] }] }] },
    };
    expect(crossed(admitted)).toEqual(["leo@example.com fraud", "leo@example.com vision"]);
    expect(letters(withMore(admitted), "leo@example.com", "vision")).toBe("O");
  });

  it("a policy that believes what any pods say", () => {
    const believing: KubernetesObject = {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name: "open", namespace: "kubeflow" },
      spec: { selector: { matchLabels: { app: "ml-pipeline" } }, rules: [{}] },
    };
    expect(letters(matrix, "pods of vision as default-viewer", "kubeflow")).toBe("n");
    expect(letters(withMore(believing), "pods of vision as default-viewer", "kubeflow")).toBe("nf");
  });

  it("a new member, in one line of the page and no other", () => {
    const config = { profiles: [{ name: "solo", owner: "ann@example.com", quota: { cpu: 8, memory: "32 GB" } }] };
    const [profile] = config.profiles;
    const invited = { profiles: [{ ...profile, members: { edit: ["new@example.com"] } }] };
    const lines = (of: object) =>
      new Set(asMarkdown(matrixOf(withProfiles(platform, settingsOf({ ...of }))), TITLE).split("\n"));
    const [before, after] = [lines(config), lines(invited)];
    expect([...after.difference(before)]).toEqual([
      expect.stringMatching(
        /^\| new@example.com \| solo \| [A-Z]+ \| RoleBinding solo\/user-new-example-com-clusterrole-edit \|$/,
      ),
    ]);
    expect(before.difference(after).size).toBe(0);
  });
});

describe("the picture", () => {
  it("is well-formed and escapes what people write", () => {
    const odd = { ...matrix, rows: matrix.rows.map((row, index) => (index === 0 ? { ...row, id: `<a & "b">` } : row)) };
    const svg = asSvg(odd, "<title>");
    expect(svg).toContain("&lt;a &amp; &quot;b&quot;&gt;");
    expect(svg).toContain("<title>&lt;title&gt;</title>");
    const opened = svg.match(/<(g|text|title|svg)\b/g)?.length;
    expect(svg.match(/<\/(g|text|title|svg)>/g)?.length).toBe(opened);
  });

  it("has a square instead of letters where columns are many, and their letters as its title", () => {
    const columns = Array.from({ length: 30 }, (_, index) => ({ id: `p${index}`, kind: "profile" as const }));
    const row = matrix.rows[0];
    const powers = matrix.cells[0]?.powers ?? new Map();
    const svg = asSvg(
      { rows: row === undefined ? [] : [row], columns, cells: [{ row: row?.id ?? "", column: "p7", powers }] },
      "many",
    );
    expect(svg).toContain(`<title>${row?.id}, p7: ${lettersOf(powers)} (`);
    expect(svg).not.toContain(`>${lettersOf(powers)}</text>`);
  });
});
