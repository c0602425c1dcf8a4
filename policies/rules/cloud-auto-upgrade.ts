import { z } from "zod";
import { DOKS_CLUSTER, EKS_CLUSTER, EKS_NODE_GROUP, GKE_CLUSTER, GKE_NODE_POOL } from "../cloud/resources.ts";
import { at, isGiven, isTrue, numberAt, textAt } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { ofType } from "../subjects.ts";

/** Where each cloud says when it may work on a cluster. */
const WINDOWS: Readonly<Record<string, string>> = {
  [GKE_CLUSTER]: "maintenancePolicy",
  [DOKS_CLUSTER]: "maintenancePolicy",
};

export const autoUpgrade = resourceRule({
  id: "cloud-auto-upgrade",
  title: "The cloud repairs and upgrades the cluster, at a time that was chosen",
  severity: "medium",
  why: "Nodes that nobody replaces keep the faults of their image for months; upgrades without a window come while people train.",
  remediation: "Turn on automatic upgrades and repair, and give the cluster a maintenance window.",
  url: "https://docs.cloud.google.com/kubernetes-engine/docs/concepts/cluster-upgrades",
  frameworks: [
    { framework: "Trivy", id: "GCP-0058" },
    { framework: "Trivy", id: "GCP-0063" },
    { framework: "Trivy", id: "DIG-0005" },
    { framework: "Trivy", id: "DIG-0008" },
    { framework: "Checkov", id: "CKV_GCP_9" },
    { framework: "Checkov", id: "CKV_GCP_10" },
    { framework: "Checkov", id: "CKV_GCP_70" },
    { framework: "CIS GKE", id: "5.5.2" },
    { framework: "CIS GKE", id: "5.5.3" },
    { framework: "CIS GKE", id: "5.5.4" },
  ],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "advisory" },
  parameters: z.strictObject({
    channels: z
      .array(z.enum(["RAPID", "REGULAR", "STABLE", "EXTENDED"]))
      .default(["REGULAR", "STABLE", "EXTENDED"])
      .describe("Release channels of GKE that may be followed"),
    window: z.boolean().default(true).describe("Whether a maintenance window must be given"),
  }),
  subjects: ofType(GKE_CLUSTER, GKE_NODE_POOL, DOKS_CLUSTER, EKS_CLUSTER, EKS_NODE_GROUP),
  checks: {
    channel: ({ resource, value, name }, { parameters: { channels } }) => {
      const path = ["releaseChannel", "channel"];
      if (resource.type !== GKE_CLUSTER || channels.some((channel) => channel === textAt(value, ...path))) return;
      return { message: `${name} follows none of the release channels ${channels.join(", ")}`, path };
    },
    cluster: ({ resource, value, name }) => {
      if (resource.type === DOKS_CLUSTER && !isTrue(value, "autoUpgrade")) {
        return { message: `${name} stays on the patch that it began with`, path: ["autoUpgrade"] };
      }
      if (resource.type !== EKS_CLUSTER || at(value, "upgradePolicy", "supportType") !== undefined) return;
      return {
        message: `${name} does not say what happens when the support of its version ends`,
        path: ["upgradePolicy"],
        fix: "Set upgradePolicy.supportType to STANDARD (upgraded by AWS) or EXTENDED (paid for).",
      };
    },
    window: ({ resource, value, name }, { parameters: { window } }) => {
      const field = WINDOWS[resource.type];
      if (!window || field === undefined || isGiven(value, field)) return;
      return { message: `${name} is worked on at any time`, path: [field], fix: `Give ${field} a window.` };
    },
    nodes: ({ resource, value, name }) => {
      const path = ["management", "autoUpgrade"];
      if (resource.type !== GKE_NODE_POOL || isTrue(value, ...path)) return;
      return { message: `${name} keeps nodes of an old version`, path };
    },
    repair: ({ resource, value, name }) => {
      const path = { [GKE_NODE_POOL]: ["management", "autoRepair"], [EKS_NODE_GROUP]: ["nodeRepairConfig", "enabled"] }[
        resource.type
      ];
      if (path === undefined || isTrue(value, ...path)) return;
      return { message: `${name} keeps nodes that no longer work`, path, fix: `Set ${path.join(".")} to true.` };
    },
    surge: ({ resource, value, name }) => {
      const path = { [DOKS_CLUSTER]: ["surgeUpgrade"], [GKE_NODE_POOL]: ["upgradeSettings"] }[resource.type];
      if (path === undefined) return;
      const isSurging =
        resource.type === DOKS_CLUSTER
          ? isTrue(value, ...path)
          : at(value, ...path) === undefined ||
            textAt(value, ...path, "strategy") === "BLUE_GREEN" ||
            (numberAt(value, ...path, "maxSurge") ?? 0) > 0;
      if (isSurging) return;
      return {
        message: `${name} takes nodes away before there are others`,
        path,
        fix: "Let upgrades surge by a node.",
      };
    },
  },
  examples: {
    good: [
      `
type: gcp:container/cluster:Cluster
properties: { releaseChannel: { channel: REGULAR }, maintenancePolicy: { recurringWindow: { recurrence: FREQ=WEEKLY } } }
---
type: gcp:container/nodePool:NodePool
properties: { management: { autoRepair: true, autoUpgrade: true }, upgradeSettings: { maxSurge: 1 } }
---
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { autoUpgrade: true, surgeUpgrade: true, maintenancePolicy: { day: sunday, startTime: "04:00" } }
---
type: aws:eks/cluster:Cluster
properties: { upgradePolicy: { supportType: EXTENDED } }
---
type: aws:eks/nodeGroup:NodeGroup
properties: { nodeRepairConfig: { enabled: true } }
`,
    ],
    bad: {
      channel: `
type: gcp:container/cluster:Cluster
properties: { releaseChannel: { channel: UNSPECIFIED }, maintenancePolicy: { recurringWindow: {} } }
`,
      cluster: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { autoUpgrade: false, surgeUpgrade: true, maintenancePolicy: { day: sunday } }
`,
      window: `
type: gcp:container/cluster:Cluster
properties: { releaseChannel: { channel: REGULAR } }
`,
      nodes: `
type: gcp:container/nodePool:NodePool
properties: { management: { autoRepair: true, autoUpgrade: false } }
`,
      repair: `
type: aws:eks/nodeGroup:NodeGroup
properties: { nodeRepairConfig: { enabled: false } }
`,
      surge: `
type: digitalocean:index/kubernetesCluster:KubernetesCluster
properties: { autoUpgrade: true, surgeUpgrade: false, maintenancePolicy: { day: sunday } }
`,
    },
  },
});
