import type { Edit, Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const POOLS = "components/cluster/sizing/pools.ts";
const IMAGES = "components/kubeflow/releases/1.8.1/replacements.ts";
const MUTUAL_TLS = "components/kubeflow/network/mutual-tls.ts";
const GUARDS = "components/tenancy/guards/index.ts";
const POLICY = "components/tenancy/guards/policy.ts";
const OBJECTS = "components/tenancy/objects";

/** A pool of GPU nodes in the settings, with what is particular about it. */
function gpuPools(more: string): Edit {
  const pool = `name: gpu, count: 1, cpu: 32, memory: "128 GB", disk: "2 TB", gpus: 8`;
  return setting(`kubeflow:cluster: { gpuPools: [{ ${pool}${more} }] }`);
}

/** The images that are replaced, with one more. */
const TRAINING_OPERATOR = `export const replacements181: readonly Replacement[] = [
  {
    from: "kubeflow/training-operator:v1-855e096",
    to: "kubeflow/training-operator:v1.9.0",
    reason: "newer",
    evidence: ["https://github.com/kubeflow/trainer"],
    date: DATE,
  },`;

const PROFILE = setting(
  "kubeflow:profiles: [{ name: vision, owner: ann@example.org, members: { edit: [bob@example.org] } }]",
);

const GROUP = /nodeGroup:NodeGroup cluster-gpu/;
const GENERAL = /nodeGroup:NodeGroup cluster-node/;

const clusters: readonly Mutant[] = [
  {
    name: "nodes with GPUs take everything that needs no better place",
    cloud: "aws",
    edits: [
      {
        file: POOLS,
        from: 'value: "present", effect: "NoSchedule"',
        to: 'value: "present", effect: "PreferNoSchedule"',
      },
    ],
    caught: { rule: "ml-gpu-node-isolation", check: "taint", resource: GROUP },
  },
  {
    name: "nodes with GPUs take everything",
    cloud: "gcp",
    edits: [{ file: POOLS, from: "[GPU_TAINT, SPOT_TAINT] : [GPU_TAINT]", to: "[GPU_TAINT, SPOT_TAINT] : []" }],
    caught: { rule: "ml-gpu-node-isolation", check: "taint", resource: /nodePool:NodePool cluster-nodes-gpu/ },
  },
  {
    name: "nodes with GPUs do not say which",
    cloud: "aws",
    edits: [{ file: POOLS, from: "{ ...pool.labels, [NODE_LABELS.gpuFamily]: type.gpu.family }", to: "pool.labels" }],
    caught: { rule: "ml-gpu-node-isolation", check: "label", resource: GROUP },
  },
  {
    name: "a pool has GPUs of two families",
    cloud: "aws",
    edits: [
      {
        file: "components/cluster/aws/nodes/index.ts",
        from: "instanceTypes: [pool.instanceType]",
        to: 'instanceTypes: [pool.instanceType, "p3dn.24xlarge"]',
      },
    ],
    caught: { rule: "ml-gpu-homogeneous", check: "pool", resource: GROUP },
  },
  {
    name: "machines that are taken back take everything",
    cloud: "aws",
    edits: [
      gpuPools(", spot: true, training: true"),
      { file: POOLS, from: "spot ? [GPU_TAINT, SPOT_TAINT]", to: "spot ? [GPU_TAINT]" },
    ],
    caught: { rule: "ml-spot-safety", check: "taint", resource: GROUP },
  },
  {
    name: "machines that are taken back are not for training alone",
    cloud: "gcp",
    edits: [
      gpuPools(", spot: true, training: true"),
      { file: POOLS, from: '...(training ? { [NODE_LABELS.training]: "true" } : {}),', to: "" },
    ],
    caught: { rule: "ml-spot-safety", check: "training", resource: /nodePool:NodePool cluster-nodes-gpu/ },
  },
  {
    name: "the platform is on machines that are taken back",
    cloud: "aws",
    edits: [
      {
        file: "components/cluster/aws/nodes/index.ts",
        from: 'pool.spot ? "SPOT" : "ON_DEMAND"',
        to: '"SPOT"',
      },
    ],
    caught: { rule: "ml-spot-safety", check: "training", resource: GENERAL },
  },
  {
    name: "half as many nodes as prod needs",
    cloud: "aws",
    edits: [setting("kubeflow:cluster: { nodes: { count: 3 } }")],
    caught: { rule: "ml-cluster-capacity", check: "nodes", resource: GENERAL },
  },
  {
    name: "nodes half as large as prod needs",
    cloud: "gcp",
    edits: [setting('kubeflow:cluster: { nodes: { cpu: 16, memory: "64 GB" } }')],
    caught: { rule: "ml-cluster-capacity", check: "machine", resource: /nodePool:NodePool cluster-nodes-node/ },
  },
  {
    name: "nodes with a tenth of the disk",
    cloud: "aws",
    edits: [setting('kubeflow:cluster: { nodes: { disk: "200 GB" } }')],
    caught: { rule: "ml-cluster-capacity", check: "disk", resource: GENERAL },
  },
  {
    name: "production without GPUs",
    cloud: "digitalocean",
    edits: [setting("kubeflow:cluster: { gpuPools: [] }")],
    caught: { rule: "ml-cluster-capacity", check: "gpu", resource: /KubernetesCluster/ },
  },
  {
    name: "GPUs for four times the budget",
    cloud: "aws",
    edits: [gpuPools(", instanceType: p5.48xlarge")],
    caught: { rule: "ml-cost-budget", check: "budget", resource: GROUP, level: "advisory" },
  },
  {
    name: "GPUs whose price nobody knows",
    cloud: "aws",
    edits: [gpuPools(", instanceType: p5e.48xlarge")],
    caught: { rule: "ml-cost-budget", check: "unknown", resource: GROUP, level: "advisory" },
  },
];

const versions: readonly Mutant[] = [
  {
    name: "a training operator that breaks distributed training",
    edits: [{ file: IMAGES, from: "export const replacements181: readonly Replacement[] = [", to: TRAINING_OPERATOR }],
    caught: {
      rule: "ml-training-operator-version",
      check: "denied",
      resource: /^Deployment kubeflow\/training-operator$/,
    },
  },
  {
    name: "a pipeline of every profile installs transformers that break inference",
    edits: [
      PROFILE,
      {
        file: `${OBJECTS}/pod-defaults.ts`,
        from: "data: { defaultPipelineRoot:",
        to: 'data: { requirements: "transformers==4.36.0", defaultPipelineRoot:',
      },
    ],
    caught: { rule: "ml-transformers-version", check: "denied", resource: /^ConfigMap .*kfp-launcher$/ },
  },
];

const mesh: readonly Mutant[] = [
  {
    name: "the mesh takes plain connections",
    edits: [{ file: MUTUAL_TLS, from: 'mode: "STRICT"', to: 'mode: "PERMISSIVE"' }],
    caught: { rule: "ml-mesh-strict", check: "mode", resource: /^PeerAuthentication istio-system\/default$/ },
  },
  {
    name: "nothing says that the mesh is encrypted",
    edits: [{ file: MUTUAL_TLS, from: "return [strict, ...plain]", to: "void strict;\n  return plain" }],
    caught: { rule: "ml-mesh-strict", check: "root", resource: /.*/ },
  },
  {
    name: "the mesh is strict in another namespace",
    edits: [
      {
        file: MUTUAL_TLS,
        from: 'metadata: { name: "default", namespace: mesh.rootNamespace }',
        to: 'metadata: { name: "default", namespace: "kubeflow" }',
      },
    ],
    caught: { rule: "ml-mesh-strict", check: "root", resource: /.*/ },
  },
  {
    name: "single ports are not of the mesh at all",
    edits: [{ file: MUTUAL_TLS, from: '{ mode: "PERMISSIVE" }', to: '{ mode: "DISABLE" }' }],
    // Exempt is that they are permissive.
    caught: { rule: "meta-exemptions-valid", check: "worsened", resource: /.*/ },
  },
];

const profiles: readonly Mutant[] = [
  {
    name: "profiles without a network policy",
    edits: [PROFILE, { file: `${OBJECTS}/index.ts`, from: "[networkPolicy(tenant, platform, network), ", to: "[" }],
    caught: { rule: "ml-profile-isolation", check: "kinds", resource: /^Profile vision$/ },
  },
  {
    name: "profiles without a quota",
    edits: [PROFILE, { file: `${OBJECTS}/index.ts`, from: "resourceQuota(tenant), ", to: "" }],
    caught: { rule: "ml-profile-isolation", check: "kinds", resource: /^Profile vision$/ },
  },
  {
    name: "profiles whose network policy is for some pods",
    edits: [
      PROFILE,
      {
        file: `${OBJECTS}/network.ts`,
        from: "    podSelector: {},\n",
        to: '    podSelector: { matchLabels: { app: "a" } },\n',
      },
    ],
    caught: { rule: "ml-profile-isolation", check: "defaultDeny", resource: /^Profile vision$/ },
  },
  {
    name: "profiles that let everybody in",
    edits: [PROFILE, { file: `${OBJECTS}/network.ts`, from: 'ingress: rulesOf(ingress, "from")', to: "ingress: [{}]" }],
    caught: { rule: "ml-profile-isolation", check: "defaultDeny", resource: /^Profile vision$/ },
  },
  {
    name: "members of a profile administer the cluster",
    edits: [
      PROFILE,
      { file: `${OBJECTS}/members.ts`, from: "name: `kubeflow-${member.role}`", to: 'name: "cluster-admin"' },
    ],
    caught: { rule: "ml-profile-isolation", check: "binding", resource: /^RoleBinding vision\// },
  },
  {
    name: "containers of profiles get no memory limit",
    edits: [PROFILE, { file: `${OBJECTS}/quota.ts`, from: "default: { memory: bytesQuantity(bytes) },", to: "" }],
    caught: { rule: "ml-runtime-guards", check: "defaults", resource: /^Profile vision$/ },
  },
  {
    name: "what users start may have no memory limit",
    edits: [{ file: GUARDS, from: "    memoryLimit,\n", to: "" }],
    caught: { rule: "ml-runtime-guards", check: "present", resource: /.*/ },
  },
  {
    name: "what users start may leave its namespace",
    edits: [{ file: GUARDS, from: "    isolation(meshImage),\n", to: "" }],
    caught: { rule: "ml-runtime-guards", check: "present", resource: /.*/ },
  },
  {
    name: "guards admit what they cannot judge",
    edits: [{ file: POLICY, from: 'failurePolicy: "Fail"', to: 'failurePolicy: "Ignore"' }],
    caught: {
      rule: "ml-runtime-guards",
      check: "failClosed",
      resource: /^ValidatingAdmissionPolicy kubeflow-memory-limit$/,
    },
  },
  {
    name: "guards only warn, by the settings",
    edits: [setting("kubeflow:tenancy: { guards: warn }")],
    caught: { rule: "ml-runtime-guards", check: "denies", resource: /^ValidatingAdmissionPolicyBinding / },
  },
  {
    name: "guards are bound to nothing",
    edits: [{ file: POLICY, from: "policyName: name", to: 'policyName: "none"' }],
    caught: { rule: "ml-runtime-guards", check: "bound", resource: /^ValidatingAdmissionPolicy / },
  },
  {
    name: "a profile that reaches the internet where there is none",
    edits: [
      setting("kubeflow:airGap: { registry: registry.example.com/kubeflow }"),
      setting(
        "kubeflow:profiles: [{ name: vision, owner: ann@example.org, egress: [{ to: internet, ports: [443] }] }]",
      ),
    ],
    caught: { rule: "ml-airgap-egress", check: "networkPolicy", resource: /^NetworkPolicy vision\/profile$/ },
  },
];

/** Changes of what the platform is for, each with the rule that must find it. */
export const mlMutants: readonly Mutant[] = [...clusters, ...versions, ...mesh, ...profiles];
