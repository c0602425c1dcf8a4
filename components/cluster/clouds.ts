import type { Cloud, CloudName } from "./contract.ts";
import { aws } from "./aws/index.ts";
import { digitalocean } from "./digitalocean/index.ts";
import { existing } from "./existing/index.ts";
import { gcp } from "./gcp/index.ts";

/** Every cloud by its setting. A new one is a folder beside these, and a line here. */
const clouds: Readonly<Record<CloudName, Cloud>> = { existing, aws, gcp, digitalocean };

/** The cloud of a setting. */
export function cloudOf(name: CloudName): Cloud {
  return clouds[name];
}
