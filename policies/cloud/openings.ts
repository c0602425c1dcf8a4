import { EACH, expand, type Place } from "../kubernetes/places.ts";
import { at, numberAt, textAt, textsAt } from "../reading.ts";
import type { Resource, Subject } from "../resource.ts";

/** Something of a firewall that lets connections in. */
export interface OpeningSubject extends Subject {
  readonly opening: Opening;
}

/** How an opening is read. All of them throw UnknownValue. */
interface Opening {
  /** Addresses, as ranges, that may connect. */
  readonly sources: (value: unknown) => readonly string[];
  readonly ports: (value: unknown) => Ports;
}

/** Ports from one to another; all of them where everything is let in. */
export interface Ports {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly isEverything: boolean;
}

const ALL: Ports = { ranges: [[0, 65_535]], isEverything: true };
const NONE: Ports = { ranges: [], isEverything: false };

/** `fromPort` and `toPort`, as everything of AWS writes them; ICMP has types there. */
function awsPorts(value: unknown, protocolField: string): Ports {
  const protocol = textAt(value, protocolField) ?? String(numberAt(value, protocolField) ?? "-1");
  if (protocol === "-1" || protocol === "all") return ALL;
  if (!/^(tcp|udp|6|17)$/.test(protocol)) return NONE;
  return between(numberAt(value, "fromPort") ?? 0, numberAt(value, "toPort") ?? 65_535);
}

function between(from: number, to: number): Ports {
  return { ranges: [[from, to]], isEverything: from <= 1 && to >= 65_535 };
}

/** `"80"`, `"8000-9000"` and, of DigitalOcean, `"all"`. */
function portsIn(texts: readonly string[]): Ports {
  if (texts.some((text) => text === "all" || text === "0")) return ALL;
  const ranges = texts.map((text) => {
    const [from = NaN, to = from] = text.split("-").map(Number);
    return [from, to] as const;
  });
  return { ranges, isEverything: ranges.some(([from, to]) => from <= 1 && to >= 65_535) };
}

const cidrsOf =
  (...fields: readonly string[]) =>
  (value: unknown) =>
    fields.flatMap((field) => [...textsAt(value, field), ...(textAt(value, field) ?? "").split(",")]).filter(Boolean);

const OF_GROUP: Opening = {
  sources: cidrsOf("cidrBlocks", "ipv6CidrBlocks"),
  ports: (value) => awsPorts(value, "protocol"),
};

interface Holder {
  readonly opening: Opening;
  /** Openings in a resource; empty where it is one itself. */
  readonly at: readonly string[];
  /** Whether the resource lets in, and not out or nothing. */
  readonly isIngress?: (value: unknown) => boolean;
}

const HOLDERS: Readonly<Record<string, Holder>> = {
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    at: [],
    opening: { sources: cidrsOf("cidrIpv4", "cidrIpv6"), ports: (value) => awsPorts(value, "ipProtocol") },
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": {
    at: [],
    isIngress: (value) => textAt(value, "type") !== "egress",
    opening: OF_GROUP,
  },
  "aws:ec2/securityGroup:SecurityGroup": { at: ["ingress"], opening: OF_GROUP },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { at: ["ingress"], opening: OF_GROUP },
  "gcp:compute/firewall:Firewall": {
    at: [],
    isIngress: (value) =>
      textAt(value, "direction") !== "EGRESS" && at(value, "allows") !== undefined && at(value, "disabled") !== true,
    opening: { sources: googleSources, ports: googlePorts },
  },
  "digitalocean:index/firewall:Firewall": {
    at: ["inboundRules"],
    opening: {
      sources: cidrsOf("sourceAddresses"),
      ports: (value) => (textAt(value, "protocol") === "icmp" ? NONE : portsIn([textAt(value, "portRange") ?? "all"])),
    },
  },
};

/** Without sources, and without tags or accounts that stand for them, everybody is meant. */
function googleSources(value: unknown): readonly string[] {
  const sources = textsAt(value, "sourceRanges");
  if (sources.length > 0) return sources;
  const isNarrowed = ["sourceTags", "sourceServiceAccounts"].some((field) => at(value, field) !== undefined);
  return isNarrowed ? [] : ["0.0.0.0/0"];
}

function googlePorts(value: unknown): Ports {
  const each = expand(value, ["allows", EACH]).map((place: Place) => {
    const protocol = textAt(place.value, "protocol") ?? "all";
    if (protocol === "all") return ALL;
    if (!/^(tcp|udp)$/i.test(protocol)) return NONE;
    const ports = textsAt(place.value, "ports");
    return ports.length === 0 ? ALL : portsIn(ports);
  });
  return { ranges: each.flatMap(({ ranges }) => ranges), isEverything: each.some(({ isEverything }) => isEverything) };
}

/** What of a resource lets connections in. */
export function openings(resource: Resource): OpeningSubject[] {
  const holder = HOLDERS[resource.type];
  if (holder === undefined) return [];
  const { opening, isIngress = () => true } = holder;
  const name = `${resource.type} ${resource.name}`;
  if (holder.at.length === 0) {
    return isIngress(resource.properties) ? [{ resource, value: resource.properties, path: [], name, opening }] : [];
  }
  return expand(resource.properties, [...holder.at, EACH]).map(({ value, path }) => ({
    ...{ resource, value, path, name: `a rule of ${name}`, opening },
  }));
}
