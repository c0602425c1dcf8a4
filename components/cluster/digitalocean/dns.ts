import { DnsRecord } from "@pulumi/digitalocean/dnsRecord.js";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecords } from "../contract.ts";

/** A new load balancer has another address; whoever looked the old one up finds the new one after so long. */
const TTL_SECONDS = 300;

/** Records in a domain at DigitalOcean that lead to the load balancer. */
export class DigitalOceanDnsRecords extends pulumi.ComponentResource {
  constructor(name: string, { zone, hosts, target }: DnsRecords, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:DigitalOceanDnsRecords", name, {}, opts);
    for (const host of hosts) {
      new DnsRecord(
        `${name}-${host}`,
        {
          domain: zone,
          name: nameWithin(zone, host),
          type: "A",
          ttl: TTL_SECONDS,
          value: target.apply(({ ip, hostname }) => ip ?? hostname ?? ""),
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

/** As DigitalOcean wants it: `kubeflow` for kubeflow.example.com in example.com, and `@` for the domain itself. */
export function nameWithin(domain: string, host: string): string {
  if (host === domain) return "@";
  return host.endsWith(`.${domain}`) ? host.slice(0, -domain.length - 1) : host;
}
