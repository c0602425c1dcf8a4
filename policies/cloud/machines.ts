import { catalogue as aws } from "../../components/cluster/aws/catalogue.ts";
import { catalogue as digitalocean } from "../../components/cluster/digitalocean/catalogue.ts";
import { catalogue as gcp } from "../../components/cluster/gcp/catalogue.ts";
import type { Catalogue, GpuFamily, InstanceType } from "../../components/cluster/sizing/catalogue.ts";

export type RentingCloud = keyof typeof CATALOGUES;

const CATALOGUES = { aws, gcp, digitalocean } as const satisfies Record<string, Catalogue>;

export function catalogueOf(cloud: RentingCloud): Catalogue {
  return CATALOGUES[cloud];
}

/** What a cloud's catalogue says of an instance type, undefined where it does not have it. */
export function machineOf(cloud: RentingCloud, type: string): InstanceType | undefined {
  return CATALOGUES[cloud].types.find(({ name }) => name === type);
}

/** GPU families by the beginnings of instance types that the catalogue leaves out, the old ones above all. */
const BY_PREFIX: readonly (readonly [RegExp, GpuFamily])[] = [
  [/^p3(dn)?\./, "v100"],
  [/^p4d\./, "a100-40gb"],
  [/^p4de\./, "a100-80gb"],
  [/^p5\./, "h100"],
  [/^p5en?\./, "h200"],
  [/^g4dn\./, "t4"],
  [/^g5\./, "a10g"],
  [/^g6\./, "l4"],
  [/^g6e\./, "l40s"],
];

/** The GPUs of an instance type: its family, or the type itself where that is not known; undefined where it has none. */
export function gpuOf(cloud: RentingCloud, type: string): string | undefined {
  const known = machineOf(cloud, type);
  if (known !== undefined) return known.gpu?.family;
  if (cloud === "aws") return BY_PREFIX.find(([prefix]) => prefix.test(type))?.[1];
  return /^(gpu-|a[234]-|g2-)/.test(type) ? type : undefined;
}
