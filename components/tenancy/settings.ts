import { z } from "zod";
import { SIZE_PATTERN } from "../kit/units.ts";
import { profileStoreSettings } from "./object-store/settings.ts";

/** What members may do, from the most to the least; the owner of a profile is one of its admins. */
export const ROLES = ["admin", "edit", "view"] as const;
export type Role = (typeof ROLES)[number];

// Each description ends the sentence "it must be ..." of an error text.
const name = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/)
  .describe("lower-case letters, digits and dashes, beginning with a letter, 63 characters at most");
const size = z.string().regex(SIZE_PATTERN).describe("a size such as 64 GB or 1.5 TB");
const cpus = z.number().positive().max(100_000).describe("a number of CPUs such as 32 or 0.5");
const amount = z.int().min(0).max(100_000).describe("a whole number from 0 to 100000");
const cidr = z.union([z.cidrv4(), z.cidrv6()]).describe("a range of addresses such as 10.0.0.0/8");
const url = z.url({ protocol: /^https?$/ }).describe("an address such as http://proxy.example.com:3128");
const reference = z.string().min(1).describe("an e-mail address, or a name of `users` or `teams`");

const version = z
  .string()
  .regex(/^\d+\.\d+(\.\d+)?$/)
  .describe("a version such as 4.35.0, in quotes");

/** `users`: names for people, to write in place of their e-mail addresses. */
export const usersSettings = z
  .record(name, z.email().describe("an e-mail address"))
  .describe("names (lower-case letters, digits and dashes) with the e-mail address of each");

/** `teams`: names for several people. */
export const teamsSettings = z
  .record(name, z.array(reference).describe("a list of e-mail addresses and names of `users`"))
  .describe("names (lower-case letters, digits and dashes) with the list of people of each");

const quota = z.strictObject({
  cpu: cpus.optional(),
  memory: size.optional(),
  gpus: z
    .record(z.string().regex(/^[a-z0-9.-]+\/[a-z0-9.-]+$/), amount)
    .describe('numbers by kind of GPU, such as {"nvidia.com/gpu": 2}')
    .default({}),
  storage: size.optional(),
  storageClasses: z.record(z.string().min(1), size).describe("sizes by storage class").default({}),
  pods: amount.optional(),
  volumes: amount.optional(),
  notebooks: amount.optional(),
  models: amount.optional(),
});

const limits = z.strictObject({
  /** Of a container that names no limit; four fifths of it are requested. */
  memory: size.default("1 GB"),
  /** Requested for a container that requests none. */
  cpu: cpus.default(0.1),
  /** The most that one container may ask for. */
  maxMemory: size.optional(),
});

const members = z.strictObject({
  admin: z.array(reference).default([]),
  edit: z.array(reference).default([]),
  view: z.array(reference).default([]),
});

const egress = z.strictObject({
  to: z
    .string()
    .refine((text) => destinationOf(text) !== undefined)
    .describe("internet, a range of addresses such as 10.0.0.0/8, profile/<name> or namespace/<name>"),
  ports: z.array(z.int().min(1).max(65_535)).min(1).describe("a list of ports, each from 1 to 65535"),
});

const role = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/);

/** As whom a profile's pods act in a cloud. */
const identity = z
  .strictObject({
    irsa: role.describe("the ARN of an IAM role that trusts the cluster's OpenID Connect provider").optional(),
    podIdentity: z
      .union([z.literal(true), role])
      .describe(
        "the ARN of an IAM role that trusts pods.eks.amazonaws.com, or true where an association gives one already",
      )
      .optional(),
    workloadIdentity: z
      .string()
      .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z0-9-]+\.iam\.gserviceaccount\.com$/)
      .describe("the address of a service account of Google Cloud")
      .optional(),
  })
  .refine((kinds) => Object.values(kinds).filter((value) => value !== undefined).length === 1)
  .describe(
    "one of irsa (the ARN of a role), podIdentity (the ARN of a role, or true) and workloadIdentity (a Google service account)",
  );

const profile = z.strictObject({
  name,
  owner: z.string().min(1).describe("an e-mail address or a name of `users`"),
  members: members.prefault({}),
  quota: quota.prefault({}),
  limits: limits.prefault({}),
  egress: z.array(egress).default([]),
  /** GPU pools that its pods may run on; where it is left out all, for a profile with a quota of GPUs. */
  gpuPools: z.array(z.string()).describe("a list of names of `cluster.gpuPools`").optional(),
  labels: z
    .record(
      z.string().regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/),
      z.string().regex(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/),
    )
    .describe("labels of the namespace, as Kubernetes takes them")
    .default({}),
  identity: identity.optional(),
  /** Where its artifacts are, with keys of its own. */
  objectStore: profileStoreSettings.optional(),
  /** What becomes of the namespace, with its volumes, once the profile is taken out of the settings. */
  retention: z.enum(["keep", "delete"]).default("keep"),
});

/** `profiles`: the namespaces that people work in, and who may do what there. */
export const profilesSettings = z.array(profile).default([]);

/** `tenancy`: what holds for all profiles. */
export const tenancySettings = z.strictObject({
  /** What to do when quotas add up to more than the cluster has. */
  overcommit: z.enum(["allow", "warn", "refuse"]).default("warn"),
  /** Whether the runtime guards refuse or only warn. */
  guards: z.enum(["deny", "warn"]).default("deny"),
  /** The newest versions that are validated; what repairs them is, too. */
  pins: z
    .strictObject({ transformers: version.default("4.35.0"), trainingOperator: version.default("1.8.0") })
    .prefault({}),
  /** Whether people may make profiles, and owners add members, on the dashboard. */
  selfService: z.boolean().describe("true or false").default(false),
  /** Where images of profiles' pods may come from, beside those of the platform; anywhere where it is left out. */
  imagesFrom: z
    .array(z.string().regex(/^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._/-]+)?$/))
    .describe("a list of registries or of repositories in them, such as registry.example.com/ml")
    .optional(),
  /** Addresses of the API server, as pods reach it on ports 443 and 6443; where it is left out, where the cloud has it. */
  apiServer: z.array(cidr).min(1).readonly().optional(),
  proxy: z
    .strictObject({ http: url.optional(), https: url.optional(), except: z.array(z.string().min(1)).default([]) })
    .optional(),
  caches: z.strictObject({ pip: url.optional(), huggingFace: url.optional() }).default({}),
});

export type UsersSettings = z.infer<typeof usersSettings>;
export type TeamsSettings = z.infer<typeof teamsSettings>;
export type ProfileSettings = z.infer<typeof profile>;
export type QuotaSettings = ProfileSettings["quota"];
export type LimitSettings = ProfileSettings["limits"];
export type TenancySettings = z.infer<typeof tenancySettings>;
/** The same once the cloud is known. */
export type Tenancy = TenancySettings & { readonly apiServer: readonly string[] };

/** Where a rule of egress leads. */
export type Destination =
  | { readonly kind: "internet" }
  | { readonly kind: "addresses"; readonly cidr: string }
  | { readonly kind: "profile" | "namespace"; readonly name: string };

/** What `egress.to` says; undefined where it says nothing that is known. */
export function destinationOf(text: string): Destination | undefined {
  if (text === "internet") return { kind: "internet" };
  if (cidr.safeParse(text).success) return { kind: "addresses", cidr: text };
  const [, kind, named = ""] = /^(profile|namespace)\/([a-z0-9-]+)$/.exec(text) ?? [];
  return kind === "profile" || kind === "namespace" ? { kind, name: named } : undefined;
}
