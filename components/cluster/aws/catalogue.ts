import type { Catalogue, GpuFamily, InstanceType, Known } from "../sizing/catalogue.ts";
import { ZONES } from "./zones.ts";

/** Name, vCPUs, memory in GiB, local NVMe in GB, US dollars an hour. */
type General = readonly [name: string, cpu: number, gibibytes: number, nvme: number, price: Known<number>];
/** The same, the family of its GPUs and how many. */
type Accelerated = readonly [...General, family: GpuFamily, gpus: number];

const general: readonly General[] = [
  ["c6i.large", 2, 4, 0, 0.085],
  ["c6i.xlarge", 4, 8, 0, 0.17],
  ["c6i.2xlarge", 8, 16, 0, 0.34],
  ["c6i.4xlarge", 16, 32, 0, 0.68],
  ["c6i.8xlarge", 32, 64, 0, 1.36],
  ["c6i.12xlarge", 48, 96, 0, 2.04],
  ["c6i.16xlarge", 64, 128, 0, 2.72],
  ["c6i.24xlarge", 96, 192, 0, 4.08],
  ["c6i.32xlarge", 128, 256, 0, 5.44],
  ["m5.large", 2, 8, 0, 0.096],
  ["m5.xlarge", 4, 16, 0, 0.192],
  ["m5.2xlarge", 8, 32, 0, 0.384],
  ["m5.4xlarge", 16, 64, 0, 0.768],
  ["m5.8xlarge", 32, 128, 0, 1.536],
  ["m5.12xlarge", 48, 192, 0, 2.304],
  ["m5.16xlarge", 64, 256, 0, 3.072],
  ["m5.24xlarge", 96, 384, 0, 4.608],
  ["m6i.large", 2, 8, 0, 0.096],
  ["m6i.xlarge", 4, 16, 0, 0.192],
  ["m6i.2xlarge", 8, 32, 0, 0.384],
  ["m6i.4xlarge", 16, 64, 0, 0.768],
  ["m6i.8xlarge", 32, 128, 0, 1.536],
  ["m6i.12xlarge", 48, 192, 0, 2.304],
  ["m6i.16xlarge", 64, 256, 0, 3.072],
  ["m6i.24xlarge", 96, 384, 0, 4.608],
  ["m6i.32xlarge", 128, 512, 0, 6.144],
  ["m6id.large", 2, 8, 118, 0.11865],
  ["m6id.xlarge", 4, 16, 237, 0.2373],
  ["m6id.2xlarge", 8, 32, 474, 0.4746],
  ["m6id.4xlarge", 16, 64, 950, 0.9492],
  ["m6id.8xlarge", 32, 128, 1900, 1.8984],
  ["m6id.12xlarge", 48, 192, 2850, 2.8476],
  ["m6id.16xlarge", 64, 256, 3800, 3.7968],
  ["m6id.24xlarge", 96, 384, 5700, 5.6952],
  ["m6id.32xlarge", 128, 512, 7600, 7.5936],
  ["m7i.large", 2, 8, 0, 0.1008],
  ["m7i.xlarge", 4, 16, 0, 0.2016],
  ["m7i.2xlarge", 8, 32, 0, 0.4032],
  ["m7i.4xlarge", 16, 64, 0, 0.8064],
  ["m7i.8xlarge", 32, 128, 0, 1.6128],
  ["m7i.12xlarge", 48, 192, 0, 2.4192],
  ["m7i.16xlarge", 64, 256, 0, 3.2256],
  ["m7i.24xlarge", 96, 384, 0, 4.8384],
  ["m7i.48xlarge", 192, 768, 0, 9.6768],
  ["r6i.large", 2, 16, 0, 0.126],
  ["r6i.xlarge", 4, 32, 0, 0.252],
  ["r6i.2xlarge", 8, 64, 0, 0.504],
  ["r6i.4xlarge", 16, 128, 0, 1.008],
  ["r6i.8xlarge", 32, 256, 0, 2.016],
  ["r6i.12xlarge", 48, 384, 0, 3.024],
  ["r6i.16xlarge", 64, 512, 0, 4.032],
  ["r6i.24xlarge", 96, 768, 0, 6.048],
  ["r6i.32xlarge", 128, 1024, 0, 8.064],
];

const accelerated: readonly Accelerated[] = [
  ["g4dn.xlarge", 4, 16, 125, 0.526, "t4", 1],
  ["g4dn.2xlarge", 8, 32, 225, 0.752, "t4", 1],
  ["g4dn.4xlarge", 16, 64, 225, 1.204, "t4", 1],
  ["g4dn.8xlarge", 32, 128, 900, 2.176, "t4", 1],
  ["g4dn.12xlarge", 48, 192, 900, 3.912, "t4", 4],
  ["g4dn.16xlarge", 64, 256, 900, 4.352, "t4", 1],
  ["p3dn.24xlarge", 96, 768, 1800, 31.212, "v100", 8],
  ["g6.xlarge", 4, 16, 250, 0.8048, "l4", 1],
  ["g6.2xlarge", 8, 32, 450, 0.9776, "l4", 1],
  ["g6.4xlarge", 16, 64, 600, 1.3232, "l4", 1],
  ["g6.8xlarge", 32, 128, 900, 2.0144, "l4", 1],
  ["g6.12xlarge", 48, 192, 3760, 4.6016, "l4", 4],
  ["g6.16xlarge", 64, 256, 1880, 3.3968, "l4", 1],
  ["g6.24xlarge", 96, 384, 3760, 6.6752, "l4", 4],
  ["g6.48xlarge", 192, 768, 7520, 13.3504, "l4", 8],
  ["g6e.xlarge", 4, 32, 250, 1.861, "l40s", 1],
  ["g6e.2xlarge", 8, 64, 450, 2.24208, "l40s", 1],
  ["g6e.4xlarge", 16, 128, 600, 3.00424, "l40s", 1],
  ["g6e.8xlarge", 32, 256, 900, 4.52856, "l40s", 1],
  ["g6e.12xlarge", 48, 384, 3800, 10.49264, "l40s", 4],
  ["g6e.16xlarge", 64, 512, 1900, 7.57719, "l40s", 1],
  ["g6e.24xlarge", 96, 768, 3800, 15.06559, "l40s", 4],
  ["g6e.48xlarge", 192, 1536, 7600, 30.13118, "l40s", 8],
  ["g5.xlarge", 4, 16, 250, 1.006, "a10g", 1],
  ["g5.2xlarge", 8, 32, 450, 1.212, "a10g", 1],
  ["g5.4xlarge", 16, 64, 600, 1.624, "a10g", 1],
  ["g5.8xlarge", 32, 128, 900, 2.448, "a10g", 1],
  ["g5.12xlarge", 48, 192, 3800, 5.672, "a10g", 4],
  ["g5.16xlarge", 64, 256, 1900, 4.096, "a10g", 1],
  ["g5.24xlarge", 96, 384, 3800, 8.144, "a10g", 4],
  ["g5.48xlarge", 192, 768, 7600, 16.288, "a10g", 8],
  ["p4d.24xlarge", 96, 1152, 8000, 21.957642, "a100-40gb", 8],
  ["p4de.24xlarge", 96, 1152, 8000, 27.44705, "a100-80gb", 8],
  ["p5.4xlarge", 16, 256, 3800, 6.88, "h100", 1],
  ["p5.48xlarge", 192, 2048, 30400, 55.04, "h100", 8],
  ["p5e.48xlarge", 192, 2048, 30400, "unknown", "h200", 8],
  ["p5en.48xlarge", 192, 2048, 30400, 63.296, "h200", 8],
];

/**
 * x86-64 machines on Nitro, since the images of Kubeflow v1.8.1 are built for x86-64 alone; no bare metal, which takes
 * many minutes to start. Which regions have them is not in the source.
 */
export const catalogue: Catalogue = {
  source:
    "https://github.com/aws/karpenter-provider-aws/blob/1d927085dd81a9df9301e613f371dac5b4d16bfe/website/content/en/docs/reference/instance-types.md",
  date: "2026-07-11",
  priceSource: {
    url: "https://github.com/aws/karpenter-provider-aws/blob/1d927085dd81a9df9301e613f371dac5b4d16bfe/pkg/providers/pricing/zz_generated.pricing_aws.go",
    date: "2026-07-20",
    region: "us-east-1",
  },
  types: [
    ...general.map(machine),
    ...accelerated.map((row): InstanceType => ({ ...machine(row), gpu: { family: row[5], count: row[6] } })),
  ],
  zones: ZONES,
};

function machine([name, cpu, gibibytes, nvme, price]: General | Accelerated): InstanceType {
  return { name, cpu, memory: gibibytes * 2 ** 30, localDisk: nvme * 1e9, regions: "unknown", price };
}
