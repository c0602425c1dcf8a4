import { afterEach, describe, expect, it } from "vitest";
import { afterDestroy, beforeDestroy } from "../../../deployment/destroy.ts";
import { HOLDS_DATA } from "../../../components/kubeflow/removal.ts";
import { type ApiServer, serveApi } from "../../kit/api-server.ts";

const kind = (resource: string, verbs = ["list", "delete"]) => ({ resource, scope: "Namespaced", verbs });
const GROUPS: Readonly<Record<string, object>> = {
  "/api": {
    items: [
      {
        metadata: {},
        versions: [
          {
            version: "v1",
            resources: [
              { ...kind("namespaces"), scope: "Cluster" },
              ...["configmaps", "persistentvolumeclaims", "secrets", "serviceaccounts"].map((name) => kind(name)),
              kind("bindings", ["create"]),
            ],
          },
        ],
      },
    ],
  },
  "/apis": {
    items: [
      {
        metadata: { name: "coordination.k8s.io" },
        versions: [{ version: "v1", resources: [kind("leases")] }],
      },
    ],
  },
};

interface Kept {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

let server: ApiServer;
afterEach(() => server.close());

/** A cluster of the given objects, by their paths; a namespace takes along what is in it, a claim its volume. */
async function cluster(objects: ReadonlyMap<string, Kept>): Promise<Map<string, Kept>> {
  const live = new Map(objects);
  server = await serveApi(({ method, path, query }) => {
    const group = GROUPS[path];
    if (group !== undefined) return { body: group };
    if (method === "DELETE") {
      for (const [other, { spec }] of live) {
        const isGone = other === path || other.startsWith(`${path}/`);
        if (isGone) live.delete(other);
        const volume = (spec as { volumeName?: string } | undefined)?.volumeName;
        if (isGone && volume?.startsWith("deleted") === true) live.delete(`/api/v1/persistentvolumes/${volume}`);
      }
      return { body: { kind: "Status" } };
    }
    const [, root, namespace, plural = ""] = /^(.*?)(?:\/namespaces\/([^/]+))?\/([a-z]+)$/.exec(path) ?? [];
    const items = [...live].filter(([at, { metadata }]) => {
      const isOf =
        at ===
        `${root}${metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`}/${plural}/${metadata.name}`;
      const [label = "", value] = (query.get("labelSelector") ?? "").split("=");
      const isSelected = label === "" || metadata.labels?.[label] === value;
      return isOf && isSelected && (namespace === undefined || metadata.namespace === namespace);
    });
    return { body: { items: items.map(([, object]) => object) } };
  });
  return live;
}

const namespace = (name: string, labels = {}): [string, Kept] => [
  `/api/v1/namespaces/${name}`,
  { metadata: { name, labels } },
];
const inside = (ns: string, plural: string, name: string, more: object = {}): [string, Kept] => [
  `/api/v1/namespaces/${ns}/${plural}/${name}`,
  { metadata: { name, namespace: ns }, ...more },
];
const claim = (name: string, volumeName: string) =>
  inside("kubeflow", "persistentvolumeclaims", name, {
    spec: { volumeName },
    status: { capacity: { storage: "20Gi" } },
  });
const volume = (name: string, persistentVolumeReclaimPolicy: string): [string, Kept] => [
  `/api/v1/persistentvolumes/${name}`,
  { metadata: { name }, spec: { persistentVolumeReclaimPolicy } },
];
const lease = (name: string): [string, Kept] => [
  `/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`,
  { metadata: { name, namespace: "kube-system" } },
];

const STAYS = [
  namespace("default"),
  namespace("kubeflow", { [HOLDS_DATA]: "true" }),
  inside("kubeflow", "configmaps", "kube-root-ca.crt"),
  inside("kubeflow", "serviceaccounts", "default"),
  claim("mysql-pv-claim", "deleted-1"),
  claim("added-by-hand", "kept-1"),
  volume("deleted-1", "Delete"),
  volume("kept-1", "Retain"),
  inside("default", "secrets", "of-somebody-else"),
  lease("kube-scheduler"),
];
const definition = (name: string, labels = {}): [string, Kept] => [
  `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
  { metadata: { name, labels } },
];
const LEFT = [
  inside("kubeflow", "secrets", "katib-webhook-cert"),
  inside("kubeflow", "configmaps", "istio-ca-root-cert"),
  [
    "/api/v1/namespaces/default/configmaps/istio-ca-root-cert",
    {
      metadata: { name: "istio-ca-root-cert", namespace: "default", labels: { "istio.io/config": "true" } },
    },
  ] as [string, Kept],
  lease("cert-manager-controller"),
];
const KINDS = [definition("experiments.kubeflow.org", { [HOLDS_DATA]: "true" })];

async function told(step: typeof afterDestroy, deleteData: boolean): Promise<string> {
  const said: string[] = [];
  await step({
    cluster: { kubeconfig: server.kubeconfig },
    deleteData,
    command: "destroy --delete-data",
    say: (line) => said.push(line),
  });
  return said.join("\n");
}
const complete = (deleteData: boolean) => told(afterDestroy, deleteData);

describe("after a destroy", () => {
  it("what controllers have left is removed, and what holds data is told with the command that deletes it", async () => {
    const foreign = definition("of.somebody.else");
    const live = await cluster(new Map([...STAYS, foreign, ...LEFT, ...KINDS]));
    expect(await complete(false)).toMatch(
      new RegExp(
        "custom resource definitions removed that pulumi leaves for their objects: 1\\n" +
          "waiting for .* to be gone\\n" +
          "4 objects removed that controllers had left\\n" +
          "Retained, because they hold data: 2 volume claims and their namespaces, kubeflow.\\n" +
          "  kubeflow/mysql-pv-claim  20Gi  deleted-1\\n" +
          "  kubeflow/added-by-hand  20Gi  kept-1\\n" +
          "The next installation uses them again. To delete them, with all data:\\n" +
          "  destroy --delete-data\\n" +
          "  or: kubectl delete namespace kubeflow$",
      ),
    );
    expect([...live.keys()]).toEqual([...STAYS, foreign].map(([path]) => path));
  });

  it("data is deleted when that was asked for, but for volumes that their reclaim policy keeps", async () => {
    const live = await cluster(new Map(STAYS));
    expect(await complete(true)).toContain(
      "deleted: 2 volume claims and the namespaces kubeflow\n" +
        "their reclaim policy keeps these volumes: kubectl delete persistentvolume kept-1",
    );
    expect([...live.keys()]).toEqual([
      "/api/v1/namespaces/default",
      "/api/v1/persistentvolumes/kept-1",
      "/api/v1/namespaces/default/secrets/of-somebody-else",
      lease("kube-scheduler")[0],
    ]);
  });

  it("nothing is touched where the platform has left nothing", async () => {
    const foreign = [namespace("default"), ...LEFT.slice(2)];
    const live = await cluster(new Map(foreign));
    expect(await complete(true)).toBe("nothing of the platform is left in the cluster");
    expect(live.size).toBe(foreign.length);
  });
});

describe("before a destroy", () => {
  const profile = (name: string, manager: string): [string, Kept] => [
    `/apis/kubeflow.org/v1/profiles/${name}`,
    { metadata: { name, managedFields: [{ manager }] } },
  ];
  const ours = profile("ours", "pulumi-kubernetes-1a2b");
  const theirs = profile("theirs", "dashboard");

  it("profiles of users and volumes of any profile are told, and nothing is deleted", async () => {
    const all = [
      ours,
      theirs,
      inside("ours", "persistentvolumeclaims", "workspace"),
      claim("mysql-pv-claim", "kept-1"),
    ];
    const live = await cluster(new Map(all));
    await expect(told(beforeDestroy, false)).rejects.toThrow(
      "users have data in the cluster, which a destroy would delete:\n" +
        "  profile theirs\n" +
        "  volume claim ours/workspace\n" +
        "  Next: save what is needed of it, then destroy --delete-data",
    );
    expect(live.size).toBe(all.length);
  });

  const madeBySettings = (name: string) => namespace(name, { "kubeflow-on-pulumi/profile": "by-settings" });

  it("all profiles go where data may be deleted, with the namespaces of the settings, for later nobody could", async () => {
    const workspace = inside("ours", "persistentvolumeclaims", "workspace");
    const live = await cluster(new Map([ours, theirs, madeBySettings("ours"), workspace, namespace("another")]));
    await told(beforeDestroy, true);
    expect([...live.keys()]).toEqual(["/api/v1/namespaces/another"]);
  });

  it("without volumes profiles of the settings go, but no namespace that still holds a volume of one", async () => {
    const kept = [madeBySettings("gone"), inside("gone", "persistentvolumeclaims", "workspace")];
    const live = await cluster(new Map([ours, madeBySettings("ours"), ...kept]));
    await told(beforeDestroy, false);
    expect([...live.keys()]).toEqual(kept.map(([path]) => path));
  });

  it("nothing is said where there are no profiles", async () => {
    await cluster(new Map([namespace("another")]));
    expect(await told(beforeDestroy, false)).toBe("");
  });

  it("a cluster that does not answer is no obstacle", async () => {
    await cluster(new Map());
    await server.close();
    expect(await told(beforeDestroy, false)).toMatch(/cannot be asked what users have in it: .*connection refused/);
  });
});
