import { z } from "zod";
import { UNREADABLE } from "../../settings/unreadable.ts";
import { certificateProblem } from "./given-certificate.ts";

const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

/** Names that no public authority certifies (RFC 2606, RFC 6762, and what ICANN keeps for private use). */
const PRIVATE_NAME = /(^|\.)(internal|local|localhost|test|example|invalid|example\.(com|net|org))$/;

const host = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[a-z])([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "a DNS name in lower case with at least one dot, such as kubeflow.example.com",
  );
const pem = z.string().regex(/^\s*-----BEGIN CERTIFICATE-----/, "a certificate in PEM");

/** A certificate, those of its authorities after it, and its key. */
export const certificatePair = {
  certificate: pem,
  key: z
    .string()
    .refine(
      (text) => text === UNREADABLE || /^\s*-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text),
      "a private key in PEM",
    ),
};

const objectName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "a name of a Kubernetes object");

const acme = z
  .strictObject({
    email: z.email("an e-mail address: the authority writes to it before a certificate runs out"),
    server: z.url({ protocol: /^https$/, error: "an https address of an ACME directory" }).default(LETS_ENCRYPT),
    challenge: z.enum(["http01", "dns01"]).default("http01"),
    /** As cert-manager documents `solvers[].dns01`. */
    dns01: z.record(z.string(), z.json()).optional(),
    /** Secrets that `dns01` names: values by key by name. */
    secrets: z.record(objectName, z.record(z.string(), z.string())).default({}),
  })
  .superRefine(({ challenge, dns01 }, context) => {
    if (challenge === "dns01" && dns01 === undefined) {
      const message = "the solver as cert-manager documents it, such as {cloudDNS: {project: my-project}}";
      context.addIssue({ code: "custom", path: ["dns01"], message });
    }
  });

const tls = z
  .strictObject({
    mode: z.enum(["self-signed", "acme", "given"]).default("self-signed"),
    acme: acme.optional(),
    given: z.strictObject(certificatePair).optional(),
    /** Of the authority, where it is none that everybody trusts. */
    ca: pem.optional(),
  })
  .superRefine(({ mode, ...sections }, context) => {
    const needed = { acme: "an object with email", given: "an object with certificate and key" } as const;
    for (const section of ["acme", "given"] as const) {
      const isNeeded = mode === section;
      if (isNeeded === (sections[section] !== undefined)) continue;
      const message = isNeeded ? `${needed[section]}, as mode is ${mode}` : `left out, as mode is ${mode}`;
      context.addIssue({ code: "custom", path: [section], message });
    }
    if (mode === "self-signed" && sections.ca !== undefined) {
      context.addIssue({ code: "custom", path: ["ca"], message: "left out, as mode is self-signed" });
    }
  });

/** Of a load balancer that a cloud makes. */
export const loadBalancerShape = {
  /** Reachable from the cluster's network, or from everywhere. */
  visibility: z.enum(["internal", "public"]).default("internal"),
  annotations: z.record(z.string(), z.string()).default({}),
  /** Who may connect to a load balancer; everybody where it is empty. */
  sourceRanges: z.array(z.union([z.cidrv4(), z.cidrv6()], "a range of addresses such as 203.0.113.0/24")).default([]),
};

const service = z.strictObject({
  /** Undefined: a load balancer where a cloud makes one. */
  type: z.enum(["ClusterIP", "LoadBalancer"]).optional(),
  ...loadBalancerShape,
});

/** `ingress`: the name that the platform is reached by, how, and whose certificate it shows. */
export const ingressSettings = z
  .strictObject({
    host: host.default("kubeflow.internal"),
    service: service.prefault({}),
    tls: tls.prefault({}),
    /** Of the cloud's DNS; undefined: the record to make is an output. */
    dnsZone: z.string().min(1).describe("a zone of the cloud's DNS as the cloud identifies it").optional(),
    /** Seconds that a browser refuses plain HTTP for; 0 does not ask it to. */
    hstsSeconds: z.int().min(0).max(63_072_000).default(31_536_000),
  })
  .superRefine(({ host, tls }, context) => {
    if (tls.mode === "acme" && tls.acme?.server === LETS_ENCRYPT && PRIVATE_NAME.test(host)) {
      const message = "a name in the public DNS that you own, as tls.mode is acme";
      context.addIssue({ code: "custom", path: ["host"], message });
    }
    if (tls.mode !== "given" || tls.given === undefined) return;
    const problem = certificateProblem(tls.given, host);
    if (problem !== undefined) {
      const path = ["tls", "given", problem.field];
      context.addIssue({ code: "custom", path, message: problem.message });
    }
  });

export type IngressSettings = z.infer<typeof ingressSettings>;

/** Paths of these settings that hold secrets, at or below them. */
export const INGRESS_SECRETS = ["ingress.tls.given", "ingress.tls.acme"] as const;
