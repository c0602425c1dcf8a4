import type { KubernetesObject } from "../../components/kit/objects.ts";

/** A profile with its members, in the least form that a test needs. */
export interface Team {
  readonly name: string;
  readonly owner: string;
  readonly members: Readonly<Record<string, "admin" | "edit" | "view">>;
}

const RBAC = "rbac.authorization.k8s.io";
const GATEWAY = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account";
const PIPELINES = "cluster.local/ns/kubeflow/sa/ml-pipeline-ui";

/** What the access manager of Kubeflow makes when an owner invites people, and the Profile itself. */
export function teamObjects({ name, owner, members }: Team): KubernetesObject[] {
  return [
    {
      apiVersion: "kubeflow.org/v1",
      kind: "Profile",
      metadata: { name },
      spec: { owner: { kind: "User", name: owner } },
    },
    ...Object.entries(members).flatMap(([user, role]) => invitation(name, user, role)),
  ];
}

function invitation(namespace: string, user: string, role: string): KubernetesObject[] {
  const name = `user-${user.toLowerCase().replaceAll(/[^a-z0-9]/g, "-")}-clusterrole-${role}`;
  const metadata = { name, namespace, annotations: { user, role } };
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: `kubeflow-${role}` },
      subjects: [{ apiGroup: RBAC, kind: "User", name: user }],
    },
    {
      apiVersion: "security.istio.io/v1beta1",
      kind: "AuthorizationPolicy",
      metadata,
      spec: {
        rules: [
          {
            from: [{ source: { principals: [GATEWAY, PIPELINES] } }],
            when: [{ key: "request.headers[kubeflow-userid]", values: [user] }],
          },
        ],
      },
    },
  ];
}

/** NetworkPolicies of a namespace that keeps to itself: its own pods, the platform's gateway, names. */
export function closedNetwork(namespace: string): KubernetesObject[] {
  const in_ = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
  const policy = (name: string, spec: object) => ({
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
    metadata: { name, namespace },
    spec: { podSelector: {}, ...spec },
  });
  return [
    policy("closed", {
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: {} }] }, { from: [in_("istio-system")] }],
      egress: [
        { to: [{ podSelector: {} }] },
        { to: [in_("istio-system"), in_("kubeflow")] },
        { ports: [53].flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ port, protocol }))) },
      ],
    }),
  ];
}

/** Three teams of four, of which one person is a guest of another team. */
export const THREE_TEAMS: readonly Team[] = [
  {
    name: "astronomy",
    owner: "ada@example.org",
    members: { "ben@example.org": "admin", "cy@example.org": "edit", "dot@example.org": "view" },
  },
  {
    name: "biology",
    owner: "eve@example.org",
    members: {
      "fay@example.org": "edit",
      "gus@example.org": "edit",
      "hal@example.org": "view",
      "cy@example.org": "view",
    },
  },
  {
    name: "chemistry",
    owner: "ida@example.org",
    members: { "joe@example.org": "admin", "kim@example.org": "edit", "lou@example.org": "view" },
  },
];

/** Teams by number, of ten each: an owner, an admin, four who edit and four who view. */
export function manyTeams(count: number): Team[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `team-${String(index + 1).padStart(2, "0")}`;
    const roles = ["admin", "edit", "edit", "edit", "edit", "view", "view", "view", "view"] as const;
    const members = roles.map((role, number) => [`member-${number + 1}@${name}.example.org`, role] as const);
    return { name, owner: `owner@${name}.example.org`, members: Object.fromEntries(members) };
  });
}
