import { RecordSet } from "@pulumi/gcp/dns/recordSet.js";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecords } from "../contract.ts";

/** A new load balancer has another address; whoever looked the old one up finds the new one after so long. */
const TTL_SECONDS = 300;

/** Records in a zone of Cloud DNS that lead to the load balancer, which on Google Cloud has an address and no name. */
export class GcpDnsRecords extends pulumi.ComponentResource {
  constructor(
    name: string,
    { zone, hosts, target, project }: DnsRecords & { readonly project: string },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("kubeflow:cluster:GcpDnsRecords", name, {}, opts);
    for (const host of hosts) {
      new RecordSet(
        `${name}-${host}`,
        {
          project,
          managedZone: zone,
          name: `${host}.`,
          type: "A",
          ttl: TTL_SECONDS,
          rrdatas: [target.apply(({ ip, hostname }) => ip ?? hostname ?? "")],
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
