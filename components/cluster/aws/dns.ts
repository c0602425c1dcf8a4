import * as route53 from "@pulumi/aws/route53/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecords } from "../contract.ts";

/** Records in a zone of Route 53 that lead to the load balancer. A host that is the zone's own name cannot have one. */
export class AwsDnsRecords extends pulumi.ComponentResource {
  constructor(name: string, { zone, hosts, target }: DnsRecords, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:AwsDnsRecords", name, {}, opts);
    for (const host of hosts) {
      new route53.Record(
        `${name}-${host}`,
        {
          zoneId: zone,
          name: host,
          type: target.apply(({ hostname }) => (hostname === undefined ? "A" : "CNAME")),
          records: [target.apply(({ hostname, ip }) => hostname ?? ip ?? "")],
          ttl: TTL_SECONDS,
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

/** A new load balancer has another name; whoever looked the old one up finds the new one after so long. */
const TTL_SECONDS = 300;
