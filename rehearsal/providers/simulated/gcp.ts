import { acceleratorOf, catalogue } from "../../../components/cluster/gcp/catalogue.ts";
import { cidrOf, overlap, parseCidr } from "../../../components/cluster/network/cidr.ts";
import { at, labelsAt, listAt, textAt } from "../../../components/kit/objects.ts";
import type { SimulatedNode } from "../../control-plane/index.ts";
import type { JsonObject } from "../../host/values.ts";
import type { Made, Request, SimulatedCloud, SimulatedResource } from "./cloud.ts";
import { nodeOf, taintOf } from "./machines.ts";

/** RFC 1035, as Compute Engine wants names. */
const NAME = { pattern: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, says: "a name has lower-case letters, digits and dashes" };

/** As far as the program looks at what Google Cloud answers. */
export const gcp: SimulatedCloud = {
  package: "gcp",
  resources: {
    "gcp:compute/network:Network": global("networks"),
    "gcp:compute/subnetwork:Subnetwork": { ...regional("subnetworks"), refuses: subnetworkProblems },
    "gcp:compute/router:Router": regional("routers"),
    "gcp:compute/routerNat:RouterNat": regional("routers/nat"),
    "gcp:compute/firewall:Firewall": global("firewalls"),
    "gcp:container/cluster:Cluster": {
      id: ({ inputs, name }) =>
        `${projectPath(inputs)}/locations/${textAt(inputs, "location")}/clusters/${nameOf(inputs, name)}`,
      forms: {
        name: { pattern: /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, says: "a cluster's name has 40 characters at most" },
      },
      outputs: ({ inputs }, { apiServer }) => ({
        endpoint: apiServer.host,
        masterAuth: {
          ...(at(inputs, "masterAuth") as JsonObject | undefined),
          clusterCaCertificate: apiServer.certificateAuthority,
        },
      }),
    },
    "gcp:container/nodePool:NodePool": {
      id: ({ inputs, name }) => `${textAt(inputs, "cluster")}/nodePools/${nameOf(inputs, name)}`,
      forms: { name: { ...NAME, pattern: /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/ } },
      refuses: poolProblems,
      nodes: nodesOf,
    },
    "gcp:serviceaccount/account:Account": {
      id: ({ inputs }) => `${projectPath(inputs)}/serviceAccounts/${accountEmail(inputs)}`,
      forms: {
        accountId: { pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, says: "an account's id has 6 to 30 characters" },
      },
      outputs: ({ inputs }) => ({ email: accountEmail(inputs) }),
    },
    "gcp:projects/serviceIdentity:ServiceIdentity": {
      id: ({ inputs }) => `${projectPath(inputs)}/services/${textAt(inputs, "service")}`,
      outputs: ({ hash }) => ({ email: `service-${parseInt(hash.slice(0, 10), 16)}@gcp-sa.example.invalid` }),
    },
    "gcp:kms/keyRing:KeyRing": {
      id: ({ inputs, name, hash }) =>
        `${projectPath(inputs)}/locations/${textAt(inputs, "location")}/keyRings/${nameOf(inputs, `${name}-${hash.slice(0, 7)}`)}`,
    },
    "gcp:kms/cryptoKey:CryptoKey": {
      id: ({ inputs, name, hash }) =>
        `${textAt(inputs, "keyRing")}/cryptoKeys/${nameOf(inputs, `${name}-${hash.slice(0, 7)}`)}`,
      forms: { rotationPeriod: { pattern: /^\d+s$/, says: "a period is a number of seconds and an s" } },
    },
    "gcp:secretmanager/secret:Secret": {
      id: ({ inputs }) => `${projectPath(inputs)}/secrets/${textAt(inputs, "secretId")}`,
      forms: { secretId: { pattern: /^[\w-]{1,255}$/, says: "a secret's id has letters, digits, _ and -" } },
    },
    "gcp:secretmanager/secretVersion:SecretVersion": {
      id: ({ inputs }) => `${textAt(inputs, "secret")}/versions/1`,
      outputs: ({ id }) => ({ name: id }),
    },
    "gcp:artifactregistry/repository:Repository": {
      id: ({ inputs }) =>
        `${projectPath(inputs)}/locations/${textAt(inputs, "location")}/repositories/${textAt(inputs, "repositoryId")}`,
      forms: { repositoryId: NAME },
    },
    "gcp:dns/recordSet:RecordSet": {
      id: ({ inputs }) =>
        `${projectPath(inputs)}/managedZones/${textAt(inputs, "managedZone")}/rrsets/${textAt(inputs, "name")}/A`,
      forms: { name: { pattern: /\.$/, says: "a record's name ends with a dot" } },
    },
  },
  references: {
    properties: [
      "cluster",
      "cryptoKeyId",
      "keyName",
      "keyRing",
      "network",
      "privateEndpointSubnetwork",
      "repository",
      "router",
      "secret",
      "serviceAccount",
      "subnetwork",
    ],
    allowed: [],
  },
};

function global(collection: string): SimulatedResource {
  return {
    id: ({ inputs, name }) => `${projectPath(inputs)}/global/${collection}/${nameOf(inputs, name)}`,
    forms: { name: NAME },
    outputs: ({ inputs, name }) => ({ name: nameOf(inputs, name) }),
  };
}

function regional(collection: string): SimulatedResource {
  return {
    id: ({ inputs, name }) =>
      `${projectPath(inputs)}/regions/${textAt(inputs, "region")}/${collection}/${nameOf(inputs, name)}`,
    forms: { name: NAME },
    outputs: ({ inputs, name }) => ({ name: nameOf(inputs, name) }),
  };
}

function projectPath(inputs: Request["inputs"]): string {
  return `projects/${textAt(inputs, "project") ?? ""}`;
}

function nameOf(inputs: Request["inputs"], otherwise: string): string {
  return textAt(inputs, "name") ?? otherwise;
}

function accountEmail(inputs: Request["inputs"]): string {
  return `${textAt(inputs, "accountId")}@${textAt(inputs, "project")}.iam.gserviceaccount.com`;
}

function subnetworkProblems(inputs: JsonObject): string[] {
  const texts = [
    textAt(inputs, "ipCidrRange"),
    ...listAt(inputs, "secondaryIpRanges").map((range) => textAt(range, "ipCidrRange")),
  ].filter((text) => text !== undefined);
  const malformed = texts.filter((text) => parseCidr(text) === undefined);
  if (malformed.length > 0) return malformed.map((text) => `ipCidrRange: ${text} is not a range`);
  return texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter((other) => overlap(cidrOf(one), cidrOf(other)))
      .map((other) => `secondaryIpRanges: ${one} and ${other} overlap`),
  );
}

function poolProblems(inputs: JsonObject): string[] {
  const name = textAt(inputs, "nodeConfig", "machineType");
  const type = catalogue.types.find((candidate) => candidate.name === name);
  if (name === undefined) return [];
  if (type === undefined) return [`nodeConfig.machineType: there is no ${name}`];
  const [accelerator] = listAt(inputs, "nodeConfig", "guestAccelerators");
  const attached = textAt(accelerator, "type");
  const own = type.gpu === undefined ? undefined : acceleratorOf(type.gpu.family);
  if (attached === own && at(accelerator, "count") === type.gpu?.count) return [];
  return [`nodeConfig.guestAccelerators: ${attached ?? "none"} does not go with ${name}, which has ${own ?? "none"}`];
}

/** GKE makes as many nodes in each zone as the pool says. */
function nodesOf({ name, inputs }: Made): SimulatedNode[] {
  const type = catalogue.types.find((candidate) => candidate.name === textAt(inputs, "nodeConfig", "machineType"));
  if (type === undefined) return [];
  const inZone = Number(at(inputs, "nodeCount") ?? at(inputs, "initialNodeCount") ?? 0);
  const zones = listAt(inputs, "nodeLocations").map(String);
  return zones.flatMap((zone, place) =>
    Array.from({ length: inZone }, (_, index) =>
      nodeOf(type, {
        name: `${nameOf(inputs, name)}-${place * inZone + index + 1}`,
        zone,
        labels: labelsAt(inputs, "nodeConfig", "labels"),
        taints: listAt(inputs, "nodeConfig", "taints").map(taintOf),
      }),
    ),
  );
}
