import { type Member, membersOf, addressOf, type People } from "./people.ts";
import {
  type Destination,
  destinationOf,
  type LimitSettings,
  type ProfileSettings,
  type QuotaSettings,
} from "./settings.ts";

/** A way out of a profile's namespace. */
export interface Egress {
  readonly to: Destination;
  readonly ports: readonly number[];
}

/** A profile as it is to be, every name resolved. */
export interface Tenant {
  /** Of the Profile and of its Namespace. */
  readonly name: string;
  /** E-mail address. */
  readonly owner: string;
  /** Everybody but the owner. */
  readonly members: readonly Member[];
  readonly quota: QuotaSettings;
  readonly limits: LimitSettings;
  readonly egress: readonly Egress[];
  /** GPU pools that its pods may run on. */
  readonly gpuPools: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly identity: ProfileSettings["identity"];
  /** Undefined where it has the platform's, with the platform's keys. */
  readonly objectStore: ProfileSettings["objectStore"];
  /** Whether its namespace stays when the profile goes. */
  readonly isKept: boolean;
}

/** Stays when the administrator changes: a profile's name is its namespace, with everything that is in it. */
export const FIRST_PROFILE = "kubeflow-admin";

export interface TenantsOptions extends People {
  readonly profiles: readonly ProfileSettings[];
  /** E-mail address of the administrator, whose profile there always is. */
  readonly admin: string;
  readonly gpuPools: readonly { readonly name: string; readonly max: number; readonly gpus: number }[];
  /** Whether there is an internet for the administrator's profile to reach. */
  readonly hasInternet: boolean;
}

/** The profiles of the settings and that of the administrator, unless the settings have one by its name. */
export function tenantsOf({ profiles, admin, gpuPools, hasInternet, ...people }: TenantsOptions): Tenant[] {
  const pools = gpuPools.map(({ name }) => name);
  const declared = profiles.map((profile) => tenantOf(profile, pools, people));
  if (declared.some(({ name }) => name === FIRST_PROFILE)) return declared;
  const gpus = gpuPools.reduce((sum, { max, gpus: each }) => sum + max * each, 0);
  const first: Tenant = {
    name: FIRST_PROFILE,
    owner: admin,
    members: [],
    quota: { gpus: gpus === 0 ? {} : { [GPU]: gpus }, storageClasses: {} },
    limits: { memory: "1 GB", cpu: 0.1 },
    egress: hasInternet ? [{ to: { kind: "internet" }, ports: [80, 443] }] : [],
    gpuPools: pools,
    labels: {},
    identity: undefined,
    objectStore: undefined,
    isKept: true,
  };
  return [first, ...declared];
}

/** The resource of NVIDIA's device plug-in. */
export const GPU = "nvidia.com/gpu";

function tenantOf(profile: ProfileSettings, pools: readonly string[], people: People): Tenant {
  const hasGpus = Object.values(profile.quota.gpus).some((count) => count > 0);
  return {
    name: profile.name,
    owner: addressOf(profile.owner, people) ?? profile.owner,
    members: membersOf(profile, people),
    quota: profile.quota,
    limits: profile.limits,
    egress: profile.egress.flatMap(({ to, ports }) => {
      const destination = destinationOf(to);
      return destination === undefined ? [] : [{ to: destination, ports }];
    }),
    gpuPools: profile.gpuPools ?? (hasGpus ? pools : []),
    labels: profile.labels,
    identity: profile.identity,
    objectStore: profile.objectStore,
    isKept: profile.retention === "keep",
  };
}
