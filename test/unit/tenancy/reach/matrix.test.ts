import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../../components/kit/objects.ts";
import { crossingsOf } from "../../../../components/tenancy/reach/crossings.ts";
import { type Matrix, matrixOf } from "../../../../components/tenancy/reach/matrix.ts";
import { asJson } from "../../../../components/tenancy/reach/render/json.ts";
import { lettersOf } from "../../../../components/tenancy/reach/render/letters.ts";
import { asMarkdown } from "../../../../components/tenancy/reach/render/markdown.ts";
import { asSvg } from "../../../../components/tenancy/reach/render/svg.ts";
import { plannedRelease } from "../../../kit/release.ts";
import { profilesOf, type Team, THREE_TEAMS } from "../../../kit/teams.ts";

const TITLE = "Who can do what: three teams of four";
const FIRST_PROFILE = "kubeflow-admin";
const golden = (extension: string) => fileURLToPath(new URL(`three-teams.${extension}`, import.meta.url));

let platform: readonly KubernetesObject[];
let matrix: Matrix;

function withTeams(teams: readonly Team[], more: readonly KubernetesObject[] = []): Matrix {
  return matrixOf([...platform, ...profilesOf(teams, platform), ...more]);
}

function letters({ cells }: Matrix, row: string, column: string): string {
  const cell = cells.find((candidate) => candidate.row === row && candidate.column === column);
  return cell === undefined ? "" : lettersOf(cell.powers);
}

beforeAll(async () => {
  platform = (await plannedRelease()).waves.flat();
  matrix = withTeams(THREE_TEAMS);
});

describe("the matrix of three teams", () => {
  it("is the one that was reviewed", async () => {
    await expect(asMarkdown(matrix, TITLE)).toMatchFileSnapshot(golden("md"));
    await expect(asSvg(matrix, TITLE)).toMatchFileSnapshot(golden("svg"));
  });

  it("does not depend on the order of the objects", () => {
    const objects = [...platform, ...profilesOf(THREE_TEAMS, platform)];
    expect(asMarkdown(matrixOf(objects.toReversed()), TITLE)).toBe(asMarkdown(matrixOf(objects), TITLE));
  });

  it("lets people into the profiles that they are members of, and nowhere else", () => {
    const people = new Set(matrix.rows.filter(({ kind }) => kind === "person").map(({ id }) => id));
    const found = matrix.cells.filter(({ row }) => people.has(row)).map(({ row, column }) => `${row} ${column}`);
    const members = THREE_TEAMS.flatMap(({ name, owner, members: all }) =>
      [owner, ...Object.keys(all)].map((user) => `${user} ${name}`),
    );
    expect(found.toSorted()).toEqual([...members, `admin@kubeflow.internal ${FIRST_PROFILE}`].sort());
  });

  it("tells roles apart", () => {
    expect(letters(matrix, "ada@example.org", "astronomy")).toBe("LSCDRXO");
    expect(letters(matrix, "ben@example.org", "astronomy")).toBe("LSCDRXO");
    expect(letters(matrix, "cy@example.org", "astronomy")).toBe("LSCDRXO");
    expect(letters(matrix, "dot@example.org", "astronomy")).not.toMatch(/[SXGIA]/);
  });

  it("crosses the borders of profiles where a person is a guest, and nowhere else", () => {
    expect(crossingsOf(matrix).map(({ row, column }) => `${row} ${column}`)).toEqual([
      "cy@example.org astronomy",
      "cy@example.org biology",
    ]);
  });

  it("says the same as JSON", () => {
    const json = JSON.parse(JSON.stringify(asJson(matrix))) as {
      cells: { row: string; column: string; powers: object }[];
    };
    expect(json.cells.length).toBe(matrix.cells.length);
    expect(json.cells.find(({ row, column }) => row === "ada@example.org" && column === "astronomy")).toMatchObject({
      powers: { secrets: { extent: "any", by: ["RoleBinding.rbac.authorization.k8s.io astronomy/namespaceAdmin"] } },
    });
  });
});

describe("what opens a profile shows", () => {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const clusterRole = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name });
  const [astronomy] = THREE_TEAMS;
  const crossed = (more: readonly KubernetesObject[]) =>
    crossingsOf(withTeams(THREE_TEAMS, more))
      .filter(({ row }) => row !== "cy@example.org")
      .map(({ row, column, powers }) => `${row} ${column} ${lettersOf(powers)}`);

  it("a binding to an account of another", () => {
    const binding: KubernetesObject = {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name: "guest", namespace: "biology" },
      roleRef: clusterRole("kubeflow-view"),
      subjects: [{ kind: "ServiceAccount", name: "default-editor", namespace: "astronomy" }],
    };
    expect(crossed([binding])).toEqual([expect.stringMatching(/^pods of astronomy as default-editor biology L/)]);
  });

  it("a binding of the whole cluster to everybody", () => {
    const binding: KubernetesObject = {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name: "everybody" },
      roleRef: clusterRole("kubeflow-view"),
      subjects: [{ kind: "Group", name: "system:serviceaccounts" }],
    };
    // Nine ServiceAccounts of three teams and three of the first profile, each in the three profiles of others.
    expect(crossed([binding]).length).toBe(12 * 3);
  });

  it("a network policy that lets another profile in, on its ports, once the other lets it out", () => {
    const let_ = (namespace: string, spec: object): KubernetesObject => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "more", namespace },
      spec: { podSelector: {}, ...spec },
    });
    const peer = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
    const ports = [{ port: 8000, endPort: 8080 }];
    const into = let_("biology", { policyTypes: ["Ingress"], ingress: [{ from: [peer("astronomy")], ports }] });
    const out = let_("astronomy", {
      policyTypes: ["Egress"],
      egress: [{ to: [peer("biology")], ports: [{ port: 8080 }] }],
    });
    expect(crossed([into])).toEqual([]);
    expect(crossed([out])).toEqual([]);
    const both = withTeams(THREE_TEAMS, [into, out]);
    expect(crossingsOf(both).filter(({ row }) => row.startsWith("pods")).length).toBe(3);
    const cell = both.cells.find(({ row, column }) => row === "pods of astronomy as default" && column === "biology");
    expect(cell?.powers.get("reach")).toEqual({ extent: "named", by: ["8080"] });
  });

  it("a network without policies", () => {
    const profiles = profilesOf(THREE_TEAMS, platform).filter(({ kind }) => kind !== "NetworkPolicy");
    const open = matrixOf([...platform, ...profiles]);
    expect(letters(open, "pods of astronomy as default", "biology")).toBe("N");
  });

  it("an AuthorizationPolicy for a user who is no member", () => {
    const guests = [{ name: "biology", owner: "eve@example.org", members: { "lou@example.org": "edit" as const } }];
    const admitted = profilesOf(guests, platform).filter(
      ({ kind, metadata }) => kind === "AuthorizationPolicy" && metadata.namespace === "biology",
    );
    expect(crossed(admitted)).toContainEqual("lou@example.org biology O");
  });

  it("a policy that believes what another's pods say", () => {
    const believing: KubernetesObject = {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata: { name: "open", namespace: "kubeflow" },
      spec: { selector: { matchLabels: { app: "ml-pipeline" } }, rules: [{}] },
    };
    expect(letters(matrix, "pods of astronomy as default-viewer", "kubeflow")).toBe("n");
    expect(letters(withTeams(THREE_TEAMS, [believing]), "pods of astronomy as default-viewer", "kubeflow")).toBe("nf");
  });

  it("an invitation, where it is: the guest's line and no other", () => {
    const invited = { ...astronomy, members: { ...astronomy?.members, "new@example.org": "edit" } } as Team;
    const lines = (of: Matrix) => new Set(asMarkdown(of, TITLE).split("\n"));
    const after = lines(withTeams([invited, ...THREE_TEAMS.slice(1)]));
    expect([...after.difference(lines(matrix))]).toEqual([
      "| new@example.org | astronomy | LSCDRXO | RoleBinding astronomy/user-new-example-org-clusterrole-edit |",
    ]);
    expect(lines(matrix).difference(after).size).toBe(0);
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
