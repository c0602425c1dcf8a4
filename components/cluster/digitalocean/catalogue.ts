import type { Catalogue, InstanceType } from "../sizing/catalogue.ts";

const GIB = 2 ** 30;
const GB = 1e9;

/** A Droplet as DigitalOcean lists it: vCPUs, GiB of memory, GB of disk, US dollars an hour. */
function droplet(name: string, cpu: number, memory: number, disk: number, price: number): InstanceType {
  return { name, cpu, memory: memory * GIB, localDisk: 0, fixedDisk: disk * GB, regions: "unknown", price };
}

function gpuDroplet(gpu: NonNullable<InstanceType["gpu"]>, ...of: Parameters<typeof droplet>): InstanceType {
  return { ...droplet(...of), gpu };
}

/**
 * Droplets with dedicated CPUs, and GPU Droplets. Memory, disk and price are those of `doctl compute size list`; which
 * region has which size is a question for the account: `doctl compute size list` and `doctl kubernetes options sizes`.
 */
export const catalogue: Catalogue = {
  source: "doctl compute size list, as published; GPU prices as on DigitalOcean's pricing page of 2026-05-28",
  date: "2026-11-26",
  priceSource: {
    url: "https://docs.digitalocean.com/products/droplets/details/pricing/",
    date: "2026-05-28",
    region: "all regions",
  },
  types: [
    droplet("g-4vcpu-16gb", 4, 16, 50, 0.1875),
    droplet("gd-4vcpu-16gb", 4, 16, 100, 0.20238),
    droplet("g-8vcpu-32gb", 8, 32, 100, 0.375),
    droplet("gd-8vcpu-32gb", 8, 32, 200, 0.40476),
    droplet("g-16vcpu-64gb", 16, 64, 200, 0.75),
    droplet("gd-16vcpu-64gb", 16, 64, 400, 0.80952),
    droplet("m-16vcpu-128gb", 16, 128, 400, 1),
    droplet("g-32vcpu-128gb", 32, 128, 400, 1.5),
    droplet("gd-32vcpu-128gb", 32, 128, 800, 1.61905),
    droplet("g-40vcpu-160gb", 40, 160, 500, 1.875),
    droplet("gd-40vcpu-160gb", 40, 160, 1000, 2.02381),
    droplet("so-32vcpu-256gb", 32, 256, 4800, 3.11905),
    gpuDroplet({ family: "rtx-4000-ada", count: 1 }, "gpu-4000adax1-20gb", 8, 32, 500, 0.76),
    gpuDroplet({ family: "rtx-6000-ada", count: 1 }, "gpu-6000adax1-48gb", 8, 64, 500, 1.89),
    gpuDroplet({ family: "l40s", count: 1 }, "gpu-l40sx1-48gb", 8, 64, 500, 1.57),
    gpuDroplet({ family: "h100", count: 1 }, "gpu-h100x1-80gb", 20, 240, 720, 3.39),
    gpuDroplet({ family: "h100", count: 8 }, "gpu-h100x8-640gb", 160, 1920, 2046, 23.92),
  ],
  // A region is one data centre; its name is its only zone.
  zones: Object.fromEntries(
    ["ams3", "atl1", "blr1", "fra1", "lon1", "nyc1", "nyc2", "nyc3", "sfo2", "sfo3", "sgp1", "syd1", "tor1"].map(
      (region) => [region, [region]],
    ),
  ),
};
