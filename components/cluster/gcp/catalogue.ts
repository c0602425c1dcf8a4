import type { Catalogue, GpuFamily, InstanceType, Known } from "../sizing/catalogue.ts";

const GIB = 2 ** 30;
/** One local SSD of Compute Engine. */
const LOCAL_SSD = 375 * GIB;
const HOURS_A_MONTH = 730;

/** A machine type: vCPUs, GiB of memory, US dollars a month of 730 hours. */
function machine(name: string, cpu: number, memory: number, monthly: Known<number>): InstanceType {
  const price = monthly === "unknown" ? monthly : monthly / HOURS_A_MONTH;
  return { name, cpu, memory: memory * GIB, localDisk: 0, regions: "unknown", price };
}

function accelerated(type: InstanceType, family: GpuFamily, count: number, localSsds: number = 0): InstanceType {
  return { ...type, gpu: { family, count }, localDisk: localSsds * LOCAL_SSD };
}

/**
 * Machine types as Compute Engine documents them. E2 is left out: its CPUs are shared with other customers, which a
 * platform's API calls feel first. Prices are of Google's list for one region; the list that was read is not recent.
 */
export const catalogue: Catalogue = {
  source: "https://cloud.google.com/compute/docs/machine-resource: general-purpose and accelerator-optimized machines",
  date: "2026-11-26",
  priceSource: {
    url: "https://cloud.google.com/compute/vm-instance-pricing",
    date: "2023-04-23",
    region: "europe-west4",
  },
  types: [
    machine("n2d-standard-4", 4, 16, 108),
    machine("n2d-standard-8", 8, 32, 217),
    machine("n2d-standard-16", 16, 64, 434),
    machine("n2d-standard-32", 32, 128, 869),
    machine("n2d-standard-48", 48, 192, 1304),
    machine("n2d-highmem-16", 16, 128, 586),
    machine("n2d-highmem-32", 32, 256, 1172),
    machine("n2-standard-4", 4, 16, 124),
    machine("n2-standard-8", 8, 32, 249),
    machine("n2-standard-16", 16, 64, 499),
    machine("n2-standard-32", 32, 128, 999),
    machine("n2-standard-48", 48, 192, 1498),
    accelerated(machine("g2-standard-4", 4, 16, 570.59), "l4", 1),
    accelerated(machine("g2-standard-8", 8, 32, 688.58), "l4", 1),
    accelerated(machine("g2-standard-16", 16, 64, 924.57), "l4", 1),
    accelerated(machine("g2-standard-32", 32, 128, 1396.53), "l4", 1),
    accelerated(machine("g2-standard-24", 24, 96, 1613.15), "l4", 2),
    accelerated(machine("g2-standard-48", 48, 192, 3226.3), "l4", 4),
    accelerated(machine("g2-standard-96", 96, 384, 6452.6), "l4", 8),
    accelerated(machine("a2-highgpu-1g", 12, 85, 2739.74), "a100-40gb", 1),
    accelerated(machine("a2-highgpu-2g", 24, 170, 5479.47), "a100-40gb", 2),
    accelerated(machine("a2-highgpu-4g", 48, 340, 10958.95), "a100-40gb", 4),
    accelerated(machine("a2-highgpu-8g", 96, 680, 21917.89), "a100-40gb", 8),
    accelerated(machine("a2-ultragpu-1g", 12, 170, "unknown"), "a100-80gb", 1, 1),
    accelerated(machine("a2-ultragpu-2g", 24, 340, "unknown"), "a100-80gb", 2, 2),
    accelerated(machine("a2-ultragpu-4g", 48, 680, "unknown"), "a100-80gb", 4, 4),
    accelerated(machine("a2-ultragpu-8g", 96, 1360, "unknown"), "a100-80gb", 8, 8),
    accelerated(machine("a3-highgpu-8g", 208, 1872, "unknown"), "h100", 8, 16),
  ],
  // https://cloud.google.com/compute/docs/regions-zones
  zones: Object.fromEntries(
    Object.entries({
      "africa-south1": "abc",
      "asia-east1": "abc",
      "asia-east2": "abc",
      "asia-northeast1": "abc",
      "asia-northeast3": "abc",
      "asia-south1": "abc",
      "asia-southeast1": "abc",
      "asia-southeast2": "abc",
      "australia-southeast1": "abc",
      "europe-central2": "abc",
      "europe-north1": "abc",
      "europe-southwest1": "abc",
      "europe-west1": "bcd",
      "europe-west2": "abc",
      "europe-west3": "abc",
      "europe-west4": "abc",
      "europe-west6": "abc",
      "europe-west8": "abc",
      "europe-west9": "abc",
      "me-west1": "abc",
      "northamerica-northeast1": "abc",
      "northamerica-northeast2": "abc",
      "southamerica-east1": "abc",
      "us-central1": "abcf",
      "us-east1": "bcd",
      "us-east4": "abc",
      "us-east5": "abc",
      "us-south1": "abc",
      "us-west1": "abc",
      "us-west2": "abc",
      "us-west3": "abc",
      "us-west4": "abc",
    }).map(([region, letters]) => [region, [...letters].map((letter) => `${region}-${letter}`)]),
  ),
};

const ACCELERATORS: Readonly<Partial<Record<GpuFamily, string>>> = {
  l4: "nvidia-l4",
  "a100-40gb": "nvidia-tesla-a100",
  "a100-80gb": "nvidia-a100-80gb",
  h100: "nvidia-h100-80gb",
};

/** The name under which Google Cloud attaches GPUs of a family; undefined where the catalogue has none. */
export function acceleratorOf(family: Known<GpuFamily>): string | undefined {
  return family === "unknown" ? undefined : ACCELERATORS[family];
}
