/** What somebody can do in a place: with objects, by RBAC, and with connections, by the network and the mesh. */
export interface Power {
  /** What stands for it in a matrix. */
  readonly letter: string;
  /** Ends the sentence "who has it ...". */
  readonly means: string;
}

/** Verbs on resources, any of which is enough. */
export interface Ask {
  readonly verbs: readonly string[];
  /** As `resource.group`; `objects` stands for everything that a place holds but Secrets. */
  readonly resources: readonly string[] | "objects";
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "update", "patch"];
const RBAC = "rbac.authorization.k8s.io";

/** What pods come of, by itself or through a controller of the platform. */
const POD_MAKERS = [
  "pods",
  "replicationcontrollers",
  ...["deployments", "statefulsets", "daemonsets", "replicasets"].map((name) => `${name}.apps`),
  ...["jobs", "cronjobs"].map((name) => `${name}.batch`),
  ...["notebooks", "pvcviewers", "experiments", "trials", "suggestions", "scheduledworkflows", "viewers"].map(
    (name) => `${name}.kubeflow.org`,
  ),
  ...["mpijobs", "tfjobs", "pytorchjobs", "mxjobs", "xgboostjobs", "paddlejobs"].map((name) => `${name}.kubeflow.org`),
  ...["workflows", "cronworkflows"].map((name) => `${name}.argoproj.io`),
  "tensorboards.tensorboard.kubeflow.org",
  "inferenceservices.serving.kserve.io",
  ...["services", "configurations", "revisions"].map((name) => `${name}.serving.knative.dev`),
];

/** Powers over objects, and what of the API server each is. */
export const OBJECT_POWERS = {
  list: {
    letter: "L",
    means: "lists or reads objects other than Secrets",
    asks: [{ verbs: READ, resources: "objects" }],
  },
  secrets: { letter: "S", means: "reads Secrets", asks: [{ verbs: READ, resources: ["secrets"] }] },
  change: {
    letter: "C",
    means: "creates or changes objects",
    asks: [
      { verbs: WRITE, resources: "objects" },
      { verbs: WRITE, resources: ["secrets"] },
    ],
  },
  delete: {
    letter: "D",
    means: "deletes objects",
    asks: [
      { verbs: ["delete", "deletecollection"], resources: "objects" },
      { verbs: ["delete", "deletecollection"], resources: ["secrets"] },
    ],
  },
  run: {
    letter: "R",
    means: "starts pods there, and so acts as any ServiceAccount of the place",
    asks: [{ verbs: WRITE, resources: POD_MAKERS }],
  },
  exec: {
    letter: "X",
    means: "gets into running pods",
    asks: [
      {
        verbs: ["get", "create"],
        resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy"],
      },
      { verbs: ["update", "patch"], resources: ["pods/ephemeralcontainers"] },
    ],
  },
  grant: {
    letter: "G",
    means: "gives roles to others: those of the place, or in the cluster's column those of the whole cluster",
    asks: [
      { verbs: WRITE, resources: ["roles", "rolebindings"].map((name) => `${name}.${RBAC}`) },
      {
        verbs: [...WRITE, "bind", "escalate"],
        resources: ["clusterroles", "clusterrolebindings"].map((it) => `${it}.${RBAC}`),
      },
      { verbs: ["bind", "escalate"], resources: [`roles.${RBAC}`] },
    ],
  },
  impersonate: {
    letter: "I",
    means: "acts as a ServiceAccount of the place, or in the cluster's column as a user or group",
    asks: [
      { verbs: ["impersonate"], resources: ["serviceaccounts", "users", "groups"] },
      { verbs: ["create"], resources: ["serviceaccounts/token"] },
    ],
  },
  namespace: {
    letter: "A",
    means: "alters or deletes the Namespace itself, its labels among it",
    asks: [{ verbs: ["update", "patch", "delete"], resources: ["namespaces"] }],
  },
} as const satisfies Readonly<Record<string, Power & { readonly asks: readonly Ask[] }>>;

/** Powers over connections. */
export const CONNECTION_POWERS = {
  reach: { letter: "N", means: "opens connections over the network to pods there" },
  open: { letter: "O", means: "is let in by the gateway, under the own name, to what is served there" },
  forge: { letter: "F", means: "is believed when it speaks for another user" },
} as const satisfies Readonly<Record<string, Power>>;

/** Every power, in the order in which they are written. */
export const POWERS: Readonly<Record<PowerName, Power>> = { ...OBJECT_POWERS, ...CONNECTION_POWERS };

export type ObjectPower = keyof typeof OBJECT_POWERS;
export type PowerName = ObjectPower | keyof typeof CONNECTION_POWERS;
