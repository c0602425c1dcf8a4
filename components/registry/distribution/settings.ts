import { z } from "zod";
import { SIZE_PATTERN } from "../../kit/units.ts";
import { LONGEST_HASHED } from "../../kubeflow/credentials/password-hash.ts";
import { isReference, parseReference } from "../../kubeflow/images/reference.ts";
import { certificateProblem } from "../../kubeflow/ingress/given-certificate.ts";
import { certificatePair, loadBalancerShape } from "../../kubeflow/ingress/settings.ts";
import { managedRegistryOf } from "../kinds.ts";

/** The official image, in the version that the rehearsals' registry has (docker-library/official-images, 2026-11-26). */
const IMAGE = "docker.io/library/registry:3.1.2";

/** What a Service that names no other may open on every node. */
const NODE_PORTS = { first: 30_000, last: 32_767 } as const;

const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a name of a namespace");

/** `airGap.distribution`: a registry that is stood up in another cluster than the one that it feeds. */
export const distributionSettings = z.strictObject({
  kubeconfig: z.string().min(1).describe("the text or the path of a kubeconfig").optional(),
  context: z.string().min(1).describe("the name of a context of the kubeconfig").optional(),
  namespace: label.default("registry"),
  storage: z.string().regex(SIZE_PATTERN).describe("a size such as 64 GB or 1.5 TB"),
  /** Of that cluster; undefined: its default. */
  storageClass: z.string().min(1).describe("the name of a StorageClass").optional(),
  ...certificatePair,
  service: z
    .strictObject({ type: z.enum(["LoadBalancer", "NodePort"]).default("LoadBalancer"), ...loadBalancerShape })
    .prefault({}),
  /** That cluster must be able to pull it. */
  image: z
    .string()
    .refine(isReference)
    .describe("an image of distribution 3 with the name that it is pulled by")
    .default(IMAGE),
  readOnly: z.boolean().describe("true (nobody may push or delete any more) or false").default(false),
});

export type DistributionSettings = z.infer<typeof distributionSettings>;

/** Paths of these settings that hold secrets, below `airGap`. */
export const DISTRIBUTION_SECRETS = ["airGap.distribution.kubeconfig", "airGap.distribution.key"] as const;

/** How a registry's name says where it is reached: the port is 443 where it has none. */
export function addressOf(registry: string): { readonly host: string; readonly port: number } {
  const [host = "", port = "443"] = parseReference(`${registry}/image`).host.split(":");
  return { host, port: Number(port) };
}

/** What of `airGap` a distribution has to agree with. */
interface Surroundings {
  readonly registry: string;
  readonly create?: boolean | undefined;
  readonly pullSecret?: { readonly username: string; readonly password: string } | undefined;
  readonly distribution: DistributionSettings;
}

interface Problem {
  /** Within `airGap`. */
  readonly path: readonly string[];
  /** What it must be. */
  readonly message: string;
}

/** Why a registry of this name cannot be stood up with these settings. Pure but for the day, which certificates run out on. */
export function distributionProblems({ registry, create, pullSecret, distribution }: Surroundings): Problem[] {
  const { kubeconfig, context, service } = distribution;
  const { host, port } = addressOf(registry);
  const problem = (path: readonly string[], message: string, isOne: boolean): Problem[] =>
    isOne ? [{ path, message }] : [];
  const inDistribution = (...path: string[]) => ["distribution", ...path];
  const ofCertificate = certificateProblem(distribution, host);
  return [
    ...problem(
      ["distribution"],
      `left out: ${registry} is a name of a registry that a cloud runs`,
      create === true || managedRegistryOf(registry) !== undefined,
    ),
    ...problem(
      inDistribution("kubeconfig"),
      "given, or context: the registry stands in another cluster than the one that it feeds",
      kubeconfig === undefined && context === undefined,
    ),
    ...problem(
      inDistribution("service", "type"),
      `LoadBalancer, as ${registry} has a port that no node opens (those are ${NODE_PORTS.first} to ${NODE_PORTS.last})`,
      service.type === "NodePort" && (port < NODE_PORTS.first || port > NODE_PORTS.last),
    ),
    ...(ofCertificate === undefined
      ? []
      : [{ path: inDistribution(ofCertificate.field), message: ofCertificate.message }]),
    ...problem(
      ["pullSecret"],
      "given: the registry that is stood up lets nobody in without a sign-in",
      pullSecret === undefined,
    ),
    ...problem(
      ["pullSecret", "username"],
      "without a colon, which ends a name where people sign in",
      pullSecret?.username.includes(":") ?? false,
    ),
    ...problem(
      ["pullSecret", "password"],
      `${LONGEST_HASHED} bytes at most: what is longer is not looked at`,
      Buffer.byteLength(pullSecret?.password ?? "") > LONGEST_HASHED,
    ),
  ];
}
