import { catalogue } from "../../../components/cluster/digitalocean/catalogue.ts";
import { at, labelsAt, listAt, textAt } from "../../../components/kit/objects.ts";
import type { SimulatedNode } from "../../control-plane/index.ts";
import type { JsonObject } from "../../host/values.ts";
import type { Made, SimulatedCloud } from "./cloud.ts";
import { nodeOf, taintOf, uuidOf } from "./machines.ts";

const NAME = { pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, says: "a name has lower-case letters, digits and dashes" };
const REGION = { pattern: /^[a-z]{3}\d$/, says: "a region is three letters and a digit" };

/** As far as the program looks at what DigitalOcean answers. */
export const digitalocean: SimulatedCloud = {
  package: "digitalocean",
  resources: {
    "digitalocean:index/vpc:Vpc": { id: uuidOf, forms: { name: NAME, region: REGION } },
    "digitalocean:index/kubernetesCluster:KubernetesCluster": {
      id: uuidOf,
      forms: {
        name: NAME,
        region: REGION,
        version: { pattern: /^1\.\d\d(\.\d+-do\.\d+)?$/, says: "a version is a Kubernetes minor or a slug" },
      },
      outputs: (_, { apiServer }) => ({
        endpoint: `https://${apiServer.host}`,
        kubeConfigs: [{ host: `https://${apiServer.host}`, clusterCaCertificate: apiServer.certificateAuthority }],
      }),
      secrets: ["kubeConfigs"],
      refuses: (inputs) => poolProblems((at(inputs, "nodePool") ?? {}) as JsonObject),
      nodes: ({ inputs }) => nodesOf((at(inputs, "nodePool") ?? {}) as JsonObject),
    },
    "digitalocean:index/kubernetesNodePool:KubernetesNodePool": {
      id: uuidOf,
      forms: { name: NAME },
      refuses: poolProblems,
      nodes: ({ inputs }: Made) => nodesOf(inputs),
    },
    "digitalocean:index/containerRegistry:ContainerRegistry": {
      id: ({ inputs }) => textAt(inputs, "name") ?? "",
      forms: {
        name: {
          pattern: /^[a-z0-9][a-z0-9-]{1,62}$/,
          says: "a registry's name has lower-case letters, digits and dashes",
        },
        subscriptionTierSlug: { pattern: /^(starter|basic|professional)$/, says: "a plan is one of three" },
      },
    },
    "digitalocean:index/dnsRecord:DnsRecord": { id: ({ hash }) => String(parseInt(hash.slice(0, 8), 16)) },
  },
  references: { properties: ["clusterId", "vpcUuid"], allowed: [] },
};

function poolProblems(inputs: JsonObject): string[] {
  const size = textAt(inputs, "size");
  return size === undefined || catalogue.types.some(({ name }) => name === size) ? [] : [`size: there is no ${size}`];
}

function nodesOf(inputs: JsonObject): SimulatedNode[] {
  const type = catalogue.types.find(({ name }) => name === textAt(inputs, "size"));
  if (type === undefined) return [];
  return Array.from({ length: Number(at(inputs, "nodeCount") ?? 0) }, (_, index) =>
    nodeOf(type, {
      name: `${textAt(inputs, "name")}-${index + 1}`,
      labels: labelsAt(inputs, "labels"),
      taints: listAt(inputs, "taints").map(taintOf),
    }),
  );
}
