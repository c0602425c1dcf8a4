import { z } from "zod";

/** What keeps its data in a MySQL database. */
export const DATABASE_USERS = ["pipelines", "katib"] as const;

const host = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
  .describe("a host name or an IPv4 address, in lower case");
const port = z.int().min(1).max(65_535).describe("a port from 1 to 65535");
const text = z.string().min(1).describe("text that is not empty");
const authority = z
  .string()
  .regex(/^\s*-----BEGIN CERTIFICATE-----/)
  .describe("certificates of authorities in PEM");
const addresses = z.union([z.cidrv4(), z.cidrv6()]).describe("a range of addresses such as 10.20.0.0/16");

const databaseTls = z
  .strictObject({
    /** `verify` checks the server's certificate and name, `encrypt` neither. */
    mode: z.enum(["verify", "encrypt", "off"]).default("verify"),
    ca: authority.optional(),
    /** Katib 0.16 builds its address without TLS: whether it may connect in plain text all the same. */
    exceptKatib: z.boolean().describe("true or false").default(false),
  })
  .superRefine(({ mode, ca }, context) => {
    if ((mode === "verify") === (ca !== undefined)) return;
    const message =
      mode === "verify" ? "the server's authority in PEM, as mode is verify" : `left out, as mode is ${mode}`;
    context.addIssue({ code: "custom", path: ["ca"], message });
  });

const database = z
  .strictObject({
    host,
    port: port.default(3306),
    username: text,
    password: text,
    /** Who uses it; the others keep a database in the cluster. */
    users: z
      .array(z.enum(DATABASE_USERS))
      .min(1)
      .default([...DATABASE_USERS]),
    tls: databaseTls.prefault({}),
    /** Where it may be, for workloads that reach nothing else. */
    addresses: z.array(addresses).min(1).default(["0.0.0.0/0", "::/0"]),
  })
  .superRefine(({ users, tls }, context) => {
    if (tls.mode === "off" || tls.exceptKatib || !users.includes("katib")) return;
    const message =
      "true, which lets Katib connect in plain text, as Katib 0.16 cannot use TLS; or leave katib out of services.database.users";
    context.addIssue({ code: "custom", path: ["tls", "exceptKatib"], message });
  });

/** What every object store is asked for, by the words of S3. */
export const storeSettings = {
  bucket: z
    .string()
    .regex(/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .describe("the name of a bucket that exists"),
  region: z.string().regex(/^[a-z0-9-]+$/),
  endpoint: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/),
  accessKey: text,
  secretKey: text,
};

const objectStore = z
  .strictObject({
    provider: z.enum(["s3", "gcs", "spaces", "other"]),
    ...storeSettings,
    /** Of S3 and Spaces part of the address. */
    region: storeSettings.region.describe("a region such as eu-west-1 or fra1").optional(),
    /** Of a store that is none of the three: a host with a certificate that everybody trusts. */
    endpoint: storeSettings.endpoint.describe("a host, with a port where it is not 443").optional(),
  })
  .superRefine(({ provider, region, endpoint }, context) => {
    const needs = { region: provider === "s3" || provider === "spaces", endpoint: provider === "other" };
    if (needs.region && region === undefined) {
      context.addIssue({
        code: "custom",
        path: ["region"],
        message: `the bucket's region, as provider is ${provider}`,
      });
    }
    if (needs.endpoint === (endpoint !== undefined)) return;
    const message = needs.endpoint ? "a host, as provider is other" : `left out, as provider is ${provider}`;
    context.addIssue({ code: "custom", path: ["endpoint"], message });
  });

/** `services`: a database and an object store outside the cluster, in place of those in it. */
export const servicesSettings = z.strictObject({ database: database.optional(), objectStore: objectStore.optional() });

export type ServicesSettings = z.infer<typeof servicesSettings>;
export type DatabaseSettings = z.infer<typeof database>;
export type ObjectStoreSettings = z.infer<typeof objectStore>;

/** Paths of these settings that hold secrets. */
export const SERVICES_SECRETS = [
  "services.database.password",
  "services.objectStore.accessKey",
  "services.objectStore.secretKey",
] as const;
