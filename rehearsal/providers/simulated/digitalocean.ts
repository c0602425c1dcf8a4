import type { Taint } from "../../../components/cluster/contract.ts";
import { catalogue } from "../../../components/cluster/digitalocean/catalogue.ts";
import { at, labelsAt, listAt, textAt } from "../../../components/kit/objects.ts";
import type { SimulatedNode } from "../../control-plane/index.ts";
import type { JsonObject } from "../../host/values.ts";
import type { Made, Request, SimulatedCloud } from "./cloud.ts";

const NAME = { pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, says: "a name has lower-case letters, digits and dashes" };
const REGION = { pattern: /^[a-z]{3}\d$/, says: "a region is three letters and a digit" };

/** As far as the program looks at what DigitalOcean answers. */
export const digitalocean: SimulatedCloud = {
  package: "digitalocean",
  resources: {
    "digitalocean:index/vpc:Vpc": { id: uuid, forms: { name: NAME, region: REGION } },
    "digitalocean:index/kubernetesCluster:KubernetesCluster": {
      id: uuid,
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
      id: uuid,
      forms: { name: NAME },
      refuses: poolProblems,
      nodes: ({ inputs }: Made) => nodesOf(inputs),
    },
    "digitalocean:index/dnsRecord:DnsRecord": { id: ({ hash }) => String(parseInt(hash.slice(0, 8), 16)) },
  },
  references: { properties: ["clusterId", "vpcUuid"], allowed: [] },
};

function uuid({ hash }: Request): string {
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function poolProblems(inputs: JsonObject): string[] {
  const size = textAt(inputs, "size");
  return size === undefined || catalogue.types.some(({ name }) => name === size) ? [] : [`size: there is no ${size}`];
}

function nodesOf(inputs: JsonObject): SimulatedNode[] {
  const type = catalogue.types.find(({ name }) => name === textAt(inputs, "size"));
  if (type === undefined) return [];
  return Array.from({ length: Number(at(inputs, "nodeCount") ?? 0) }, (_, index) => ({
    name: `${textAt(inputs, "name")}-${index + 1}`,
    cpu: type.cpu,
    memory: String(type.memory),
    ...(type.gpu === undefined ? {} : { gpus: type.gpu.count }),
    labels: labelsAt(inputs, "labels"),
    taints: listAt(inputs, "taints").map(taintOf),
  }));
}

function taintOf(taint: unknown): Taint {
  const [key = "", value = "", effect = ""] = ["key", "value", "effect"].map((field) => textAt(taint, field));
  return { key, value, effect: effect as Taint["effect"] };
}
