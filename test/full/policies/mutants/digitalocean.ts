import { mutant } from "./cloud-mutant.ts";
import type { Mutant } from "./mutant.ts";
import { setting } from "./settings.ts";

const DIGITALOCEAN = "components/cluster/digitalocean/component.ts";
const DROPLETS = /kubernetesCluster:KubernetesCluster/;

/** Changes of what DigitalOcean is asked for, each with the rule that must find it. */
export const digitaloceanMutants: readonly Mutant[] = [
  {
    name: "digitalocean: the API server is open to one network of the internet",
    cloud: "digitalocean",
    edits: [setting('kubeflow:cluster: { access: { cidrs: ["203.0.113.0/24"] } }')],
    caught: { rule: "cloud-api-endpoint-private", check: "firewall", resource: DROPLETS },
  },
  mutant(
    "digitalocean",
    "the API server has no firewall",
    DIGITALOCEAN,
    ["enabled: true", "enabled: false"],
    ["cloud-api-endpoint-cidr", "unrestricted", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "the cluster keeps its patch",
    DIGITALOCEAN,
    ["autoUpgrade: true", "autoUpgrade: false"],
    ["cloud-auto-upgrade", "cluster", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "nodes go before others come",
    DIGITALOCEAN,
    ["surgeUpgrade: true", "surgeUpgrade: false"],
    ["cloud-auto-upgrade", "surge", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "one control plane",
    DIGITALOCEAN,
    ['ha: environment === "prod"', "ha: false"],
    ["cloud-ha-control-plane", "replicas", DROPLETS],
  ),
  mutant(
    "digitalocean",
    "the cluster goes with the stack",
    DIGITALOCEAN,
    ["protect: isProtected", "protect: false"],
    ["cloud-deletion-protection", "protect", DROPLETS],
  ),
];
